import type { Database } from 'better-sqlite3';
import { checkpoint } from './checkpoint.ts';
import { CryptoInbox } from './crypto-inbox.ts';
import {
  isMatrixEvent,
  type JoinedRoomSync,
  listOf,
  type MatrixEvent,
  type SyncAnswer,
  stringField,
} from './events.ts';
import { type Gap, GapBook } from './gap-book.ts';
import { InviteBook } from './invite-book.ts';
import type { Outbox } from './outbox.ts';
import type { RoomBook } from './room-book.ts';

/** A stored timeline event that is not handled yet. */
export interface InboxEvent {
  readonly event: MatrixEvent;
  readonly room: string;
  readonly waitingSince: number | null;
  readonly told: boolean;
  /** Who had joined the room when the event was written; undefined where the server did not tell. */
  readonly membersThen?: readonly string[];
}

const BATCH_ROOM = 1_000_000;
const TIMELINE_START = 500_000;

interface InboxParts {
  readonly own: string;
  readonly rooms: RoomBook;
  readonly outbox: Outbox;
  readonly now: () => number;
}

/**
 * Everything that `/sync` brings, stored before anything else happens: to-device messages, timeline events, gaps and the
 * next token in one transaction. Whatever the process was doing when it died, it finds the rest here.
 */
export class Inbox {
  #db: Database;
  #parts: InboxParts;
  readonly crypto: CryptoInbox;
  readonly gaps: GapBook;
  readonly invites: InviteBook;

  constructor(db: Database, parts: InboxParts) {
    this.#db = db;
    this.#parts = parts;
    this.crypto = new CryptoInbox(db);
    this.gaps = new GapBook(db, parts.now);
    this.invites = new InviteBook(db, parts.own, parts.now);
  }

  /** The token of the last stored sync; undefined before the first. */
  token(): string | undefined {
    return this.#fact('sync-token');
  }

  /** Stores one sync answer; a repeat changes no event. Returns false when the token did not move: the server repeats itself. */
  store(answer: SyncAnswer): boolean {
    const fresh = this.#db.transaction(() => {
      const before = this.token();
      if (before === answer.next_batch && !carriesNews(answer)) return false;
      const batch = Number(this.#fact('sync-batch') ?? '0') + 1;
      this.#setFact('sync-batch', String(batch));
      this.crypto.store(batch, answer);
      for (const [room, joined] of Object.entries(answer.rooms?.join ?? {}))
        this.#storeRoom(batch, room, joined, before === undefined);
      for (const [room, invite] of Object.entries(answer.rooms?.invite ?? {}))
        this.invites.store(room, listOf(invite?.invite_state?.events));
      for (const room of Object.keys(answer.rooms?.leave ?? {})) this.#storeLeave(room);
      this.#setFact('sync-token', answer.next_batch);
      return before !== answer.next_batch;
    })();
    checkpoint('sync-committed');
    return fresh;
  }

  /**
   * Events to handle, in timeline order: those of batches that the crypto machine has seen, in rooms without an open gap.
   * Events that wait for a key come when `retry` names them. `skip` holds the ids that are being worked on: they stay open
   * and must not stand before everybody else's.
   */
  open(limit: number, skip: readonly string[] = []): InboxEvent[] {
    return this.#db
      .prepare(
        `SELECT body, room_id, waiting_since, told, members FROM events AS e WHERE state = 'new'
           AND event_id NOT IN (SELECT value FROM json_each(?))
           AND batch < coalesce((SELECT min(batch) FROM crypto_inbox), 9e15)
           AND NOT EXISTS (SELECT 1 FROM gaps WHERE gaps.room_id = e.room_id AND gaps.batch <= e.batch)
         ORDER BY position LIMIT ?`,
      )
      .all(JSON.stringify(skip), limit)
      .map(toInboxEvent);
  }

  /** Events that could not be decrypted yet, oldest first. */
  waiting(): InboxEvent[] {
    return this.#db
      .prepare(
        "SELECT body, room_id, waiting_since, told, members FROM events WHERE state = 'waiting' ORDER BY position",
      )
      .all()
      .map(toInboxEvent);
  }

  markWaiting(event: string): void {
    this.#db
      .prepare(
        "UPDATE events SET state = 'waiting', waiting_since = coalesce(waiting_since, ?) WHERE event_id = ? AND state <> 'done'",
      )
      .run(this.#parts.now(), event);
  }

  /** Puts a waiting event back into the line, because its key may have come. */
  retry(event: string): void {
    this.#db.prepare("UPDATE events SET state = 'new' WHERE event_id = ? AND state = 'waiting'").run(event);
  }

  markTold(event: string): void {
    this.#db.prepare('UPDATE events SET told = 1 WHERE event_id = ?').run(event);
  }

  /** The question in an event is not to be answered, also when its handling begins anew after a restart. */
  markStopped(event: string): void {
    this.#db.prepare('UPDATE events SET stopped = 1 WHERE event_id = ?').run(event);
  }

  wasStopped(event: string): boolean {
    return this.#db.prepare('SELECT stopped FROM events WHERE event_id = ?').pluck().get(event) === 1;
  }

  /** Marks an event as handled and queues what came of it, in one transaction. The event's body is forgotten. */
  finish(event: string, queue: (outbox: Outbox) => void = () => {}): void {
    this.#db.transaction(() => {
      queue(this.#parts.outbox);
      this.#db
        .prepare(
          "UPDATE events SET state = 'done', body = NULL, members = NULL, waiting_since = NULL WHERE event_id = ?",
        )
        .run(event);
    })();
    checkpoint('handled');
  }

  /** True when the event lies in this room and is not handled yet. */
  isPending(room: string, event: string): boolean {
    return (
      !this.isDone(event) &&
      this.#db.prepare('SELECT room_id FROM events WHERE event_id = ?').pluck().get(event) === room
    );
  }

  /** True when the event is known to have come from this sender in this room; false for one that is not known (any more). */
  isFrom(sender: string, room: string, event: string): boolean {
    const row = this.#db.prepare('SELECT room_id, sender FROM events WHERE event_id = ?').get(event) as
      | { room_id: string; sender: string | null }
      | undefined;
    return row?.room_id === room && (row.sender ?? sender) === sender;
  }

  /** True when the event is stored and handled, or was never seen. */
  isDone(event: string): boolean {
    return (this.#db.prepare('SELECT state FROM events WHERE event_id = ?').pluck().get(event) ?? 'done') === 'done';
  }

  knows(event: string): boolean {
    return this.#db.prepare('SELECT 1 FROM events WHERE event_id = ?').get(event) !== undefined;
  }

  /** Stores one page of `/messages` (newest first) and, when it met known events or the end, closes the gap. */
  fillGap(gap: Gap, page: { chunk: readonly MatrixEvent[]; end?: string }): void {
    this.#db.transaction(() => {
      let filled = gap.filled;
      // An empty page may lead on: the server leaves out what we may not see.
      let met = page.end === undefined || page.end === gap.from;
      for (const event of page.chunk) {
        if (!isMatrixEvent(event)) continue;
        if (this.knows(event.event_id) || this.#isOwnInvite(event)) {
          met = true;
          break;
        }
        filled += 1;
        this.#storeEvent(gap.room, event, { batch: gap.batch, place: TIMELINE_START - filled, history: false });
        this.#confirmOwn(event);
      }
      if (met) this.gaps.close(gap.id);
      else this.gaps.goOn(gap.id, page.end, filled);
    })();
  }

  /** Counts for status: events in line, events without a key (also while they are tried again), gaps. */
  counts(): { open: number; waiting: number; gaps: number } {
    return this.#db
      .prepare(
        `SELECT count(*) FILTER (WHERE waiting_since IS NULL) AS open, count(waiting_since) AS waiting,
           (SELECT count(*) FROM gaps) AS gaps FROM events WHERE state <> 'done'`,
      )
      .get() as { open: number; waiting: number; gaps: number };
  }

  /** When the oldest event came that is in line or worked on; undefined when there is none. Those that wait for a key do not count. */
  oldestOpenAt(): number | undefined {
    const open = "state = 'new' AND waiting_since IS NULL";
    return (
      (this.#db.prepare(`SELECT min(received_at) FROM events WHERE ${open}`).pluck().get() as number | null) ??
      undefined
    );
  }

  /**
   * Forgets ids of events handled before `before`, except each room's last 500, which end back-filling, and those that an
   * answer or a mark still hangs on: only their own senders may take these back.
   */
  prune(before: number): number {
    return this.#db
      .prepare(
        `DELETE FROM events WHERE event_id IN (
           SELECT event_id FROM (
             SELECT event_id, state, received_at, row_number() OVER (PARTITION BY room_id ORDER BY position DESC) AS place FROM events
           ) WHERE place > 500 AND state = 'done' AND received_at < ?)
           AND NOT EXISTS (SELECT 1 FROM outbox WHERE source = events.event_id)
           AND NOT EXISTS (SELECT 1 FROM thumbs_down WHERE reaction = events.event_id)`,
      )
      .run(before).changes;
  }

  #storeRoom(batch: number, room: string, joined: JoinedRoomSync, firstSync: boolean): void {
    const state = listOf(joined?.state?.events).filter(isMatrixEvent);
    const timeline = listOf(joined?.timeline?.events).filter(isMatrixEvent);
    // Where events were written at the same moment, a server tells before a timeline what held on the branch of its events: somebody who
    // joined meanwhile is only invited there. What an earlier timeline told stands.
    const isWhole = firstSync || !this.#parts.rooms.isJoined(room);
    this.#parts.rooms.applyState(room, isWhole ? state : state.filter(({ event_id: id }) => !this.knows(id)));
    const members = timeline.map((event) => {
      this.#parts.rooms.applyState(room, [event]);
      return this.#parts.rooms.joinedMembers(room);
    });
    const newlyJoined = this.#parts.rooms.markJoined(room, this.#parts.now());
    // What was said before the bot was asked in is not addressed to it.
    const invitedAt = newlyJoined ? this.#invitedAt([...state, ...timeline]) : 0;
    timeline.forEach((event, index) => {
      const history = firstSync || event.origin_server_ts < invitedAt;
      this.#storeEvent(room, event, { batch, place: TIMELINE_START + index, history, members: members[index] });
      this.#confirmOwn(event);
    });
    const { limited, prev_batch: from } = joined?.timeline ?? {};
    const whole = firstSync || (newlyJoined && timeline.some((event) => this.#isOwnInvite(event)));
    if (limited && from !== undefined && !whole) {
      this.gaps.add(room, batch, from);
    }
  }

  #invitedAt(events: readonly MatrixEvent[]): number {
    return events.find((event) => this.#isOwnInvite(event))?.origin_server_ts ?? 0;
  }

  #isOwnInvite(event: MatrixEvent): boolean {
    return (
      event.type === 'm.room.member' &&
      event.state_key === this.#parts.own &&
      stringField(event.content, 'membership') === 'invite'
    );
  }

  /** Adds something that the bot has to do by itself, as an event of a person in a room; a repeat changes nothing. */
  addOwn(room: string, event: MatrixEvent): void {
    const last = this.#db.prepare('SELECT coalesce(max(batch), 0) FROM events').pluck().get() as number;
    this.#storeEvent(room, event, { batch: last, place: BATCH_ROOM - 1, history: false });
  }

  #storeEvent(
    room: string,
    event: MatrixEvent,
    place: { batch: number; place: number; history: boolean; members?: readonly string[] | undefined },
  ): void {
    const done = place.history || event.sender === this.#parts.own;
    this.#db
      .prepare(
        `INSERT INTO events (event_id, room_id, position, batch, state, body, received_at, sender, members)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      )
      .run(
        event.event_id,
        room,
        place.batch * BATCH_ROOM + place.place,
        place.batch,
        done ? 'done' : 'new',
        done ? null : JSON.stringify(event),
        this.#parts.now(),
        event.sender,
        done || !place.members ? null : JSON.stringify(place.members),
      );
  }

  #confirmOwn(event: MatrixEvent): void {
    if (event.sender !== this.#parts.own || !event.unsigned) return;
    const transaction = stringField(event.unsigned, 'transaction_id');
    if (transaction !== undefined) this.#parts.outbox.confirm(transaction, event.event_id);
  }

  #storeLeave(room: string): void {
    this.#parts.rooms.markLeft(room);
    this.invites.finish(room);
    this.gaps.closeAll(room);
    this.#db
      .prepare("UPDATE events SET state = 'done', body = NULL, members = NULL WHERE room_id = ? AND state <> 'done'")
      .run(room);
  }

  #fact(key: string): string | undefined {
    return this.#db.prepare('SELECT value FROM facts WHERE key = ?').pluck().get(key) as string | undefined;
  }

  #setFact(key: string, value: string): void {
    this.#db
      .prepare('INSERT INTO facts (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
      .run(key, value);
  }
}

function carriesNews({ rooms, to_device, device_lists }: SyncAnswer): boolean {
  const inRooms = [rooms?.join, rooms?.invite, rooms?.leave].some((part) => Object.keys(part ?? {}).length > 0);
  const lists = [to_device?.events, device_lists?.changed, device_lists?.left];
  return inRooms || lists.some((list) => listOf(list).length > 0);
}

function toInboxEvent(row: unknown): InboxEvent {
  const { body, room_id, waiting_since, told, members } = row as {
    body: string;
    room_id: string;
    waiting_since: number | null;
    told: number;
    members: string | null;
  };
  return {
    event: JSON.parse(body) as MatrixEvent,
    room: room_id,
    waitingSince: waiting_since,
    told: told === 1,
    ...(members !== null && { membersThen: JSON.parse(members) as string[] }),
  };
}
