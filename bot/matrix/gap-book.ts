import type { Database } from 'better-sqlite3';

/** A stretch of a room's timeline that a sync left out. */
export interface Gap {
  readonly id: number;
  readonly room: string;
  readonly batch: number;
  readonly from: string;
  readonly filled: number;
}

/** Gaps in rooms' timelines that wait to be filled from `/messages`. Part of the inbox, in its transactions. */
export class GapBook {
  readonly #db: Database;
  readonly #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Notes that a sync left something out before what it brought of a room. */
  add(room: string, batch: number, from: string): void {
    this.#db.prepare('INSERT INTO gaps (room_id, batch, from_token) VALUES (?, ?, ?)').run(room, batch, from);
  }

  /** The oldest gap that may be filled now. */
  next(): Gap | undefined {
    return this.#db
      .prepare(
        'SELECT id, room_id AS room, batch, from_token AS "from", filled FROM gaps WHERE not_before <= ? ORDER BY id LIMIT 1',
      )
      .get(this.#now()) as Gap | undefined;
  }

  /** When the next postponed gap is due; undefined when there is none. */
  nextAt(): number | undefined {
    return (this.#db.prepare('SELECT min(not_before) FROM gaps').pluck().get() as number | null) ?? undefined;
  }

  postpone(id: number, until: number): void {
    this.#db.prepare('UPDATE gaps SET not_before = ? WHERE id = ?').run(until, id);
  }

  /** Goes on with a gap from a later token, after so many events of it were stored. */
  goOn(id: number, from: string | undefined, filled: number): void {
    this.#db.prepare('UPDATE gaps SET from_token = ?, filled = ? WHERE id = ?').run(from, filled, id);
  }

  /** Closes a gap: it is filled, or cannot be (the server refuses the room). */
  close(id: number): void {
    this.#db.prepare('DELETE FROM gaps WHERE id = ?').run(id);
  }

  /** Closes all gaps of a room that the bot left. */
  closeAll(room: string): void {
    this.#db.prepare('DELETE FROM gaps WHERE room_id = ?').run(room);
  }
}
