import type { Database } from 'better-sqlite3';

/** Which reactions marked which answers as bad, in bot.db: ids alone. A reaction that is taken back does not say what it was to. */
export class MarkedAnswers {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Notes that a reaction marked the answer to a question. A repeat changes nothing. */
  note(reaction: string, question: string): void {
    this.#db.prepare('INSERT OR IGNORE INTO thumbs_down (reaction, question) VALUES (?, ?)').run(reaction, question);
  }

  /** The question whose answer a reaction alone had marked; undefined when it marked none, or another one marks it too. */
  onlyMarkOf(reaction: string): string | undefined {
    const question = this.#db.prepare('SELECT question FROM thumbs_down WHERE reaction = ?').pluck().get(reaction);
    if (typeof question !== 'string') return undefined;
    const marks = this.#db.prepare('SELECT count(*) FROM thumbs_down WHERE question = ?').pluck().get(question);
    return marks === 1 ? question : undefined;
  }

  /** Forgets a reaction that was taken back. */
  forget(reaction: string): void {
    this.#db.prepare('DELETE FROM thumbs_down WHERE reaction = ?').run(reaction);
  }
}
