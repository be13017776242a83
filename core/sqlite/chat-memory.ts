import type Database from 'better-sqlite3';
import type { BadAnswer, MemorySize, TenantRecords, Turn } from '../tenant.ts';

const TURN = 'event, room, question, answer, at, passages, model';
const FORGETTINGS = 'forgettings';

/** Chat memory, complaints about answers and settings of one tenant file. Part of tenant-store. */
export class ChatMemory {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** The latest turns of a conversation, oldest first. */
  turns(room: string, limit: number): Turn[] {
    const rows = this.#db
      .prepare(`SELECT ${TURN} FROM turns WHERE room = ? ORDER BY id DESC LIMIT ?`)
      .all(room, Math.max(0, limit)) as Stored<Turn>[];
    return rows.map(read).reverse();
  }

  /** Every turn and every setting, for the export. */
  records(): Pick<TenantRecords, 'turns' | 'settings'> {
    const turns = this.#db.prepare(`SELECT ${TURN} FROM turns ORDER BY id`).all() as Stored<Turn>[];
    const settings = this.#db.prepare('SELECT key, value FROM settings ORDER BY key').all();
    return { turns: turns.map(read), settings: settings as { key: string; value: string }[] };
  }

  turnOf(event: string): Turn | undefined {
    const row = this.#db.prepare(`SELECT ${TURN} FROM turns WHERE event = ?`).get(event) as Stored<Turn> | undefined;
    return row && read(row);
  }

  size(): MemorySize {
    const row = this.#db.prepare('SELECT count(*) AS turns, min(at) AS oldest, max(at) AS newest FROM turns').get() as {
      turns: number;
      oldest: number | null;
      newest: number | null;
    };
    return { turns: row.turns, oldest: row.oldest ?? undefined, newest: row.newest ?? undefined };
  }

  countBefore(at: number): number {
    return this.#db.prepare('SELECT count(*) FROM turns WHERE at < ?').pluck().get(at) as number;
  }

  /** A repeat of the same event changes nothing. */
  add(turn: Turn): void {
    this.#db
      .prepare(
        `INSERT OR IGNORE INTO turns (${TURN}) VALUES (:event, :room, :question, :answer, :at, :passages, :model)`,
      )
      .run({ ...turn, passages: JSON.stringify(turn.passages) });
  }

  /** See `TenantReader.forgettings`. */
  forgettings(): number {
    return Number(this.setting(FORGETTINGS) ?? 0);
  }

  /** Removes one conversation's turns, or all. Returns how many went. */
  forget(room: string | undefined): number {
    this.setSetting(FORGETTINGS, String(this.forgettings() + 1));
    const remove =
      room === undefined
        ? this.#db.prepare('DELETE FROM turns').run()
        : this.#db.prepare('DELETE FROM turns WHERE room = ?').run(room);
    return remove.changes;
  }

  /** Removes turns by their events, on request. Returns how many went. */
  forgetTurnsOf(events: readonly string[]): number {
    this.setSetting(FORGETTINGS, String(this.forgettings() + 1));
    return events.reduce((count, event) => count + (this.forgetTurnOf(event) > 0 ? 1 : 0), 0);
  }

  /** Removes one turn, and its answer where that was marked as bad. Returns how many rows went. */
  forgetTurnOf(event: string): number {
    const turns = this.#db.prepare('DELETE FROM turns WHERE event = ?').run(event).changes;
    return turns + this.forgetBadAnswer(event);
  }

  /** Removes the turns from before a time. Returns how many went. */
  forgetBefore(at: number): number {
    return this.#db.prepare('DELETE FROM turns WHERE at < ?').run(at).changes;
  }

  /** Newest first. */
  badAnswers(): BadAnswer[] {
    const rows = this.#db
      .prepare('SELECT event, question, answer, at, passages, model FROM bad_answers ORDER BY at DESC, event')
      .all() as Stored<BadAnswer>[];
    return rows.map(read);
  }

  /** False when the event's answer is kept already. */
  addBadAnswer({ event, question, answer, at, passages, model }: BadAnswer): boolean {
    const kept = this.#db
      .prepare(
        'INSERT OR IGNORE INTO bad_answers (event, question, answer, at, passages, model) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(event, question, answer, at, JSON.stringify(passages), model);
    return kept.changes > 0;
  }

  /** Removes the answer to an event from those marked as bad. Returns how many went. */
  forgetBadAnswer(event: string): number {
    return this.#db.prepare('DELETE FROM bad_answers WHERE event = ?').run(event).changes;
  }

  /** Removes the answers marked as bad: all of them, or those that rest on one of the passages. Returns how many went. */
  forgetBadAnswers(passages?: readonly number[]): number {
    if (passages === undefined) return this.#db.prepare('DELETE FROM bad_answers').run().changes;
    return this.#db
      .prepare(
        `DELETE FROM bad_answers WHERE EXISTS (
           SELECT 1 FROM json_each(bad_answers.passages) p JOIN json_each(?) gone ON gone.value = p.value)`,
      )
      .run(JSON.stringify(passages)).changes;
  }

  setting(key: string): string | undefined {
    return this.#db.prepare('SELECT value FROM settings WHERE key = ?').pluck().get(key) as string | undefined;
  }

  setSetting(key: string, value: string): void {
    this.#db.prepare('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)').run(key, value);
  }

  dropSetting(key: string): void {
    this.#db.prepare('DELETE FROM settings WHERE key = ?').run(key);
  }
}

type Stored<T> = Omit<T, 'passages'> & { readonly passages: string };

function read<T extends { readonly passages: readonly number[] }>(row: Stored<T>): T {
  return { ...row, passages: JSON.parse(row.passages) as number[] } as unknown as T;
}
