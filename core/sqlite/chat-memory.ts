import type Database from 'better-sqlite3';
import type { Turn } from '../tenant.ts';

/** Chat memory and settings of one tenant file. Part of tenant-store. */
export class ChatMemory {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** The latest turns of a conversation, oldest first. */
  turns(room: string, limit: number): Turn[] {
    const rows = this.#db
      .prepare('SELECT event, room, question, answer, at FROM turns WHERE room = ? ORDER BY id DESC LIMIT ?')
      .all(room, Math.max(0, limit)) as Turn[];
    return rows.reverse();
  }

  /** A repeat of the same event changes nothing. */
  add(turn: Turn): void {
    this.#db
      .prepare('INSERT OR IGNORE INTO turns (event, room, question, answer, at) VALUES (?, ?, ?, ?, ?)')
      .run(turn.event, turn.room, turn.question, turn.answer, turn.at);
  }

  /** Removes one conversation's turns, or all. Returns how many went. */
  forget(room: string | undefined): number {
    const remove =
      room === undefined
        ? this.#db.prepare('DELETE FROM turns').run()
        : this.#db.prepare('DELETE FROM turns WHERE room = ?').run(room);
    return remove.changes;
  }

  setting(key: string): string | undefined {
    return this.#db.prepare('SELECT value FROM settings WHERE key = ?').pluck().get(key) as string | undefined;
  }

  setSetting(key: string, value: string): void {
    this.#db.prepare('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)').run(key, value);
  }
}
