import type Database from 'better-sqlite3';
import type { Identities } from '../identities.ts';
import { transact } from './transact.ts';

interface Row {
  readonly known: string;
  readonly waiting: string | null;
}

/** The identities of the household's people in control.db: `Identities` of core. */
export class IdentityStore implements Identities {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  compare(person: string, key: string): 'first' | 'known' | 'changed' {
    const row = this.#row(person);
    if (row) return row.known === key ? 'known' : 'changed';
    return this.#db.prepare('SELECT 1 FROM people WHERE id = ?').get(person) ? 'first' : 'known';
  }

  note(person: string, key: string): void {
    transact(this.#db, 'write', () =>
      this.#db
        .prepare(
          `INSERT INTO identities (person, known) SELECT id, @key FROM people WHERE id = @person
           ON CONFLICT (person) DO UPDATE SET waiting = nullif(excluded.known, known)`,
        )
        .run({ person, key }),
    );
  }

  waiting(person: string): string | undefined {
    return this.#row(person)?.waiting ?? undefined;
  }

  confirm(person: string, key: string): boolean {
    return transact(
      this.#db,
      'write',
      () =>
        this.#db
          .prepare('UPDATE identities SET known = waiting, waiting = NULL WHERE person = ? AND waiting = ?')
          .run(person, key).changes > 0,
    );
  }

  #row(person: string): Row | undefined {
    return this.#db.prepare('SELECT known, waiting FROM identities WHERE person = ?').get(person) as Row | undefined;
  }
}
