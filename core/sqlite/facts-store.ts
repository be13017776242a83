import type Database from 'better-sqlite3';
import type { Facts } from '../control.ts';
import { transact } from './transact.ts';

/** Small facts of the installation in control.db: `Facts` of core. */
export class FactsStore implements Facts {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  get(key: string): string | undefined {
    const row = this.#db.prepare('SELECT value FROM facts WHERE key = ?').get(key) as { value: string } | undefined;
    return row?.value;
  }

  set(key: string, value: string): void {
    transact(this.#db, 'write', () =>
      this.#db.prepare('INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)').run(key, value),
    );
  }

  delete(key: string): void {
    transact(this.#db, 'write', () => this.#db.prepare('DELETE FROM facts WHERE key = ?').run(key));
  }
}
