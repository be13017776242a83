import type Database from 'better-sqlite3';

/**
 * Ends the keys of a person, for good: who is added again makes new ones. Runs inside the caller's transaction: that of the
 * people store when somebody is removed.
 */
export function endApiKeysOf(db: Database.Database, person: string): void {
  db.prepare('UPDATE api_keys SET is_over = 1 WHERE person = ?').run(person);
}
