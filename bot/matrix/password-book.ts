import type { Database } from 'better-sqlite3';
import { z } from 'zod';

const changing = z.object({
  next: z.string(),
  /** Message that asked, and who wrote it. */
  source: z.string(),
  person: z.string(),
  at: z.number(),
  /** `begun`: nobody knows whether the homeserver has the new password. `changed`: it has, and the file may not. */
  step: z.enum(['begun', 'changed']),
  /** How many other devices the account had when it began. */
  others: z.number(),
});

/** A change of the bot's password that is not at its end. The new password is sealed with all of bot.db, and in no backup. */
export type PasswordChanging = z.infer<typeof changing>;

const changed = changing.pick({ source: true, at: true, others: true });

/** The last change that ended. */
export type PasswordChanged = z.infer<typeof changed>;

const [OPEN, LAST] = ['password-change', 'password-changed'];

/** Remembers in bot.db where a change of the bot's password stands, so that a kill at any step loses neither password nor session. */
export class PasswordBook {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The change under way; undefined when there is none. */
  open(): PasswordChanging | undefined {
    return this.#get(OPEN, changing);
  }

  last(): PasswordChanged | undefined {
    return this.#get(LAST, changed);
  }

  note(change: PasswordChanging): void {
    this.#set(OPEN, change);
  }

  /** It is at its end; `happened`: and there is a new password. */
  end(happened?: PasswordChanged): void {
    const settle = this.#db.transaction(() => {
      this.#db.prepare('DELETE FROM facts WHERE key = ?').run(OPEN);
      if (happened) this.#set(LAST, happened);
    });
    settle.immediate();
  }

  #get<T>(key: string, shape: z.ZodType<T>): T | undefined {
    const value = this.#db.prepare('SELECT value FROM facts WHERE key = ?').pluck().get(key);
    return typeof value === 'string' ? shape.parse(JSON.parse(value)) : undefined;
  }

  #set(key: string, value: object): void {
    this.#db.prepare('INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)').run(key, JSON.stringify(value));
  }
}
