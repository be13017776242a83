import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { checkpoint } from './checkpoint.ts';

/**
 * Who may read a message; checked against the server's member list right before it is sent.
 * - `direct`: the bot and this person, nobody else. `leaving`: also when they are no member of the household any more,
 *   as long as their erasure is not over.
 * - `family`: known people and nobody else; `person`, where somebody is answered, among them.
 * - `ops`: the ops room, admins only.
 * - `room`: whoever is there; for explanations that hold nothing private.
 */
export type Audience =
  | { readonly kind: 'direct'; readonly person: string; readonly leaving?: true }
  | { readonly kind: 'family'; readonly person?: string }
  | { readonly kind: 'ops' }
  | { readonly kind: 'room' };

/** A message to be sent exactly once. `transaction` is its name for ever: a repeat of the same name changes nothing. */
export interface OutgoingMessage {
  readonly transaction: string;
  /** "" for a room that was not made yet: such a message waits for `address`. */
  readonly room: string;
  readonly audience: Audience;
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** Transaction of the message that this one replaces; its event id is filled in when it is known. */
  readonly editOf?: string;
  /** The event that this answers, or what else it speaks of and must not outlive (bot/tell-person.ts). */
  readonly source?: string;
}

/** A stored message on its way. */
export interface OutboxRow extends OutgoingMessage {
  readonly id: number;
  readonly state: 'pending' | 'sent' | 'dropped';
  readonly eventId: string | null;
  readonly attempts: number;
}

/** The transaction id of the `part`-th message about an event: the same after every restart. */
export function transactionFor(event: string, part: string): string {
  return `kin.${createHash('sha256').update(event).digest('base64url').slice(0, 24)}.${part}`;
}

interface StoredRow {
  id: number;
  transaction_id: string;
  room_id: string;
  audience: string;
  type: string;
  content: string | null;
  edit_of: string | null;
  source: string | null;
  state: OutboxRow['state'];
  event_id: string | null;
  attempts: number;
}

/** Messages waiting to be sent, in bot.db. Rows are written in the transaction that stores their cause as handled. */
export class Outbox {
  #db: Database;
  #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Queues a message; does nothing when its transaction is known. A queued one that was never tried takes the newer content. */
  add(message: OutgoingMessage): void {
    this.#db
      .prepare(
        `INSERT INTO outbox (transaction_id, room_id, audience, type, content, edit_of, source, state, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?)
         ON CONFLICT (transaction_id) DO UPDATE SET content = excluded.content WHERE state = 'pending' AND tried_at IS NULL`,
      )
      .run(
        message.transaction,
        message.room,
        JSON.stringify(message.audience),
        message.type,
        JSON.stringify(message.content),
        message.editOf ?? null,
        message.source ?? null,
        this.#now(),
      );
    checkpoint('outbox-queued');
  }

  find(transaction: string): OutboxRow | undefined {
    const row = this.#db.prepare('SELECT * FROM outbox WHERE transaction_id = ?').get(transaction) as
      | StoredRow
      | undefined;
    return row && toRow(row);
  }

  /** The event that a message of ours in this room answers; undefined when it is none of ours, or answers nothing. */
  sourceOf(room: string, event: string): string | undefined {
    const source = this.#db
      .prepare("SELECT source FROM outbox WHERE event_id = ? AND room_id = ? AND state = 'sent'")
      .pluck()
      .get(event, room) as string | null | undefined;
    return source ?? undefined;
  }

  /** The event ids of what was sent in this room in answer to an event, oldest first. */
  answersTo(room: string, source: string): string[] {
    const sent = "room_id = ? AND source = ? AND state = 'sent' AND edit_of IS NULL";
    return this.#db
      .prepare(`SELECT event_id FROM outbox WHERE ${sent} ORDER BY id`)
      .pluck()
      .all(room, source) as string[];
  }

  /** Gives up what waits to be sent in this room in answer to an event. Returns how many are leaving this moment, too late to give up. */
  withdraw(room: string, source: string): number {
    const waiting = "room_id = ? AND source = ? AND state = 'pending'";
    this.#db
      .prepare(`UPDATE outbox SET state = 'dropped', content = NULL WHERE ${waiting} AND tried_at IS NULL`)
      .run(room, source);
    return this.#db.prepare(`SELECT count(*) FROM outbox WHERE ${waiting}`).pluck().get(room, source) as number;
  }

  /** Gives up everything that waits and speaks of one of these sources, also what was tried without success. */
  dropAbout(sources: readonly string[]): void {
    this.#db
      .prepare(
        `UPDATE outbox SET state = 'dropped', content = NULL
         WHERE state = 'pending' AND source IN (SELECT value FROM json_each(?))`,
      )
      .run(JSON.stringify(sources));
  }

  /** The sources that begin so and that something waiting speaks of. */
  waitingAbout(prefix: string): string[] {
    return this.#db
      .prepare("SELECT DISTINCT source FROM outbox WHERE state = 'pending' AND substr(source, 1, ?) = ?")
      .pluck()
      .all(prefix.length, prefix) as string[];
  }

  /** Gives up what waits for a person who may not read it any more, except what says goodbye to them. */
  dropFor(person: string): void {
    this.#db
      .prepare(
        `UPDATE outbox SET state = 'dropped', content = NULL WHERE state = 'pending'
           AND json_extract(audience, '$.person') = ? AND json_extract(audience, '$.leaving') IS NULL`,
      )
      .run(person);
  }

  /**
   * The oldest message that may be sent now; a room's later messages wait for its earlier ones. An explanation for whoever is
   * there does not wait for somebody's answer that was put off: it may tell why.
   */
  next(): OutboxRow | undefined {
    const row = this.#db
      .prepare(
        `SELECT * FROM outbox AS o WHERE state = 'pending' AND next_at <= @now AND room_id <> ''
           AND NOT EXISTS (SELECT 1 FROM outbox AS e WHERE e.state = 'pending' AND e.room_id = o.room_id AND e.id < o.id
             AND NOT (e.next_at > @now AND json_extract(o.audience, '$.kind') = 'room'
               AND json_extract(e.audience, '$.kind') IN ('direct', 'family')))
         ORDER BY id LIMIT 1`,
      )
      .get({ now: this.#now() }) as StoredRow | undefined;
    return row && toRow(row);
  }

  /** When the next waiting message may be tried; undefined when none waits. */
  nextAt(): number | undefined {
    return (
      (this.#db.prepare("SELECT min(next_at) FROM outbox WHERE state = 'pending' AND room_id <> ''").pluck().get() as
        | number
        | null) ?? undefined
    );
  }

  markTried(id: number): void {
    this.#db.prepare('UPDATE outbox SET tried_at = ?, attempts = attempts + 1 WHERE id = ?').run(this.#now(), id);
  }

  /** Records delivery and forgets the words. */
  markSent(id: number, eventId: string): void {
    this.#db.prepare("UPDATE outbox SET state = 'sent', event_id = ?, content = NULL WHERE id = ?").run(eventId, id);
    checkpoint('put-recorded');
  }

  /** Our own event came back in a sync: the second proof of delivery, for a PUT whose answer was lost. */
  confirm(transaction: string, eventId: string): void {
    this.#db
      .prepare(
        "UPDATE outbox SET state = 'sent', event_id = ?, content = NULL WHERE transaction_id = ? AND state = 'pending'",
      )
      .run(eventId, transaction);
  }

  /** Gives a message up for good (the room is gone, or it may not be read there any more) and forgets its words. */
  drop(id: number): void {
    this.#db.prepare("UPDATE outbox SET state = 'dropped', content = NULL WHERE id = ?").run(id);
  }

  postpone(id: number, until: number): void {
    this.#db.prepare('UPDATE outbox SET next_at = ? WHERE id = ?').run(until, id);
  }

  /** Gives the ops messages that wait the ops room's id: those of a room to come (`room` was ""), and those of an earlier one. */
  address(room: string): void {
    this.#db
      .prepare(
        `UPDATE outbox SET room_id = @room, next_at = 0 WHERE state = 'pending' AND room_id <> @room
           AND (room_id = '' OR json_extract(audience, '$.kind') = 'ops')`,
      )
      .run({ room });
  }

  /**
   * Everything that waits is due at once: members or their devices changed, so a message that nobody could read may be
   * readable. One that waits for the server's rate limit is tried early once, and then told again how long to wait.
   */
  hurry(): void {
    this.#db.prepare("UPDATE outbox SET next_at = 0 WHERE state = 'pending'").run();
  }

  /** When the oldest message was queued that is not sent; undefined when none waits. */
  oldestAt(): number | undefined {
    const waiting = "state = 'pending' AND room_id <> ''";
    return (
      (this.#db.prepare(`SELECT min(created_at) FROM outbox WHERE ${waiting}`).pluck().get() as number | null) ??
      undefined
    );
  }

  length(): number {
    return this.#db.prepare("SELECT count(*) FROM outbox WHERE state = 'pending'").pluck().get() as number;
  }

  /** Removes the records of messages sent before `before`; they are only needed while their cause can come again. */
  prune(before: number): number {
    return this.#db.prepare("DELETE FROM outbox WHERE state <> 'pending' AND created_at < ?").run(before).changes;
  }
}

function toRow(row: StoredRow): OutboxRow {
  return {
    id: row.id,
    transaction: row.transaction_id,
    room: row.room_id,
    audience: JSON.parse(row.audience) as Audience,
    type: row.type,
    content: row.content === null ? {} : (JSON.parse(row.content) as Record<string, unknown>),
    ...(row.edit_of === null ? {} : { editOf: row.edit_of }),
    ...(row.source === null ? {} : { source: row.source }),
    state: row.state,
    eventId: row.event_id,
    attempts: row.attempts,
  };
}
