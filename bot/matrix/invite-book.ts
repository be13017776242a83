import type { Database } from 'better-sqlite3';
import type { MatrixEvent } from './events.ts';

/** Invites that wait to be answered. Part of the inbox, in its transactions. */
export class InviteBook {
  readonly #db: Database;
  readonly #own: string;
  readonly #now: () => number;

  constructor(db: Database, own: string, now: () => number) {
    this.#db = db;
    this.#own = own;
    this.#now = now;
  }

  /** Oldest first. */
  all(): { room: string; inviter: string }[] {
    return this.#db.prepare('SELECT room_id AS room, inviter FROM invites ORDER BY received_at').all() as {
      room: string;
      inviter: string;
    }[];
  }

  finish(room: string): void {
    this.#db.prepare('DELETE FROM invites WHERE room_id = ?').run(room);
  }

  /** Notes an invite, with who made it ("" when that is not told). */
  store(room: string, state: readonly unknown[]): void {
    const events = state.map((event) =>
      typeof event === 'object' && event !== null ? (event as Partial<MatrixEvent>) : {},
    );
    const member = events.find((event) => event.type === 'm.room.member' && event.state_key === this.#own);
    this.#db
      .prepare(
        'INSERT INTO invites (room_id, inviter, received_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET inviter = excluded.inviter',
      )
      .run(room, typeof member?.sender === 'string' ? member.sender : '', this.#now());
  }
}
