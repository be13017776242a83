import type Database from 'better-sqlite3';

/**
 * Marks every share of a person as ended, of both sides. From then on nobody enters its shelf; key and file go with
 * `Shares.sweep`. Runs inside the caller's transaction: that of the people store when somebody is removed.
 */
export function endSharesOf(db: Database.Database, person: string): void {
  db.prepare("UPDATE shares SET state = 'ended' WHERE owner = @person OR reader = @person").run({ person });
}
