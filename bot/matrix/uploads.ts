import type { Database } from 'better-sqlite3';
import { objectField, stringField } from './events.ts';

/** What the bot uploaded for whom, in bot.db: addresses alone, so that an erasure can take it back. */
export class Uploads {
  readonly #db: Database;
  readonly #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Notes the attachment of a message's content (`attachmentContent`). */
  note(content: Readonly<Record<string, unknown>>, person: string): void {
    const file = objectField(content, 'file');
    const mxc = file && stringField(file, 'url');
    if (mxc === undefined) return;
    this.#db.prepare('INSERT OR IGNORE INTO uploads (mxc, person, at) VALUES (?, ?, ?)').run(mxc, person, this.#now());
  }
}
