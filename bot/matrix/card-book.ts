import type { Database } from 'better-sqlite3';
import { z } from 'zod';

const card = z.object({
  /** Message that asked for it; names the card. */
  source: z.string(),
  person: z.string(),
  at: z.number(),
  /** Gone as soon as the message with the card has left. Sealed with all of bot.db until then, and in no backup. */
  password: z.string().optional(),
  /** Where it stands, once it has left: the messages with its words and its picture. */
  sent: z.object({ room: z.string(), events: z.array(z.string()) }).optional(),
});

/** A set-up card from before its password reaches the homeserver until its message was taken back. */
export type Card = z.infer<typeof card>;

const PREFIX = 'account-card ';

/** Remembers set-up cards in bot.db, so that a kill at any step leaves no account whose password nobody has. */
export class CardBook {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** undefined: no card was begun for this message, or it is over. */
  find(source: string): Card | undefined {
    return this.all().find((one) => one.source === source);
  }

  /** Oldest first. */
  all(): Card[] {
    const rows = this.#db
      .prepare('SELECT value FROM facts WHERE substr(key, 1, ?) = ?')
      .pluck()
      .all(PREFIX.length, PREFIX) as string[];
    return rows.map((row) => card.parse(JSON.parse(row))).sort((a, b) => a.at - b.at);
  }

  note(one: Card): void {
    const value = JSON.stringify(one);
    this.#db.prepare('INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)').run(`${PREFIX}${one.source}`, value);
  }

  drop({ source }: Pick<Card, 'source'>): void {
    this.#db.prepare('DELETE FROM facts WHERE key = ?').run(`${PREFIX}${source}`);
  }

  /** Forgets whose cards these were, of somebody who is erased; a message that stands is still taken back, at once. */
  forget(person: string): void {
    for (const one of this.all()) {
      if (one.person !== person) continue;
      if (one.sent === undefined) this.drop(one);
      else this.note({ ...one, person: '', at: 0 });
    }
  }
}
