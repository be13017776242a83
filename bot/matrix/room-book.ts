import type { Database } from 'better-sqlite3';
import { namesId } from '../../core/erase/named-id.ts';
import { type MatrixEvent, stringField } from './events.ts';

/** What the bot remembers of a room besides its members. */
export interface RoomNotes {
  /** Explanations that were given once in this room, by name. */
  readonly told?: readonly string[];
}

/** Rooms, their members and whether they were ever encrypted, as told by `/sync`. Lives in bot.db. */
export class RoomBook {
  #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Applies state events in order; part of the inbox's transaction. */
  applyState(room: string, events: readonly MatrixEvent[]): void {
    for (const event of events) {
      if (event.state_key === undefined) continue;
      if (event.type === 'm.room.encryption') this.markEncrypted(room, event.origin_server_ts);
      if (event.type === 'm.room.member') {
        const membership = stringField(event.content, 'membership') ?? 'leave';
        this.#db
          .prepare(
            'INSERT INTO members (room_id, user_id, membership) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET membership = excluded.membership',
          )
          .run(room, event.state_key, membership);
      }
    }
  }

  /** Notes that the bot is in a room. Returns true when it was not before. */
  markJoined(room: string, at: number): boolean {
    const before = this.#db.prepare('SELECT joined FROM rooms WHERE room_id = ?').pluck().get(room);
    this.#db
      .prepare('INSERT INTO rooms (room_id, joined, joined_at) VALUES (?, 1, ?) ON CONFLICT DO UPDATE SET joined = 1')
      .run(room, at);
    return before !== 1;
  }

  markLeft(room: string): void {
    this.#db.prepare('UPDATE rooms SET joined = 0 WHERE room_id = ?').run(room);
  }

  /** Once encrypted, always encrypted: the mark is never taken back, whatever the room's state says later. */
  markEncrypted(room: string, at: number): void {
    this.#db
      .prepare(
        'INSERT INTO rooms (room_id, joined, encrypted_at) VALUES (?, 0, ?) ON CONFLICT DO UPDATE SET encrypted_at = coalesce(encrypted_at, excluded.encrypted_at)',
      )
      .run(room, at);
  }

  everEncrypted(room: string): boolean {
    return this.#db.prepare('SELECT encrypted_at FROM rooms WHERE room_id = ?').pluck().get(room) != null;
  }

  /** Users with membership `join`, as far as synced. The outbox asks the server again before it sends. */
  joinedMembers(room: string): string[] {
    return this.#db
      .prepare("SELECT user_id FROM members WHERE room_id = ? AND membership = 'join' ORDER BY user_id")
      .pluck()
      .all(room) as string[];
  }

  /** Whether the bot is in the room. */
  isJoined(room: string): boolean {
    return this.#db.prepare('SELECT joined FROM rooms WHERE room_id = ?').pluck().get(room) === 1;
  }

  /** Rooms that the bot is in. */
  joinedRooms(): string[] {
    return this.#db.prepare('SELECT room_id FROM rooms WHERE joined = 1 ORDER BY room_id').pluck().all() as string[];
  }

  /** The joined rooms whose members are exactly the bot and this person; the one in which they spoke last comes first. */
  directRoomsOf(own: string, person: string): string[] {
    const rooms = this.joinedRooms().filter((room) => {
      const members = this.joinedMembers(room);
      return members.length === 2 && members.includes(own) && members.includes(person);
    });
    if (rooms.length < 2) return rooms;
    const spoken = new Map(rooms.map((room) => [room, this.#lastSpoken(room, person)]));
    return rooms.sort((a, b) => spoken.get(b)! - spoken.get(a)!);
  }

  /** Place in the inbox of the last event of a person in a room; -1 where there is none. */
  #lastSpoken(room: string, person: string): number {
    const last = this.#db.prepare('SELECT max(position) FROM events WHERE room_id = ? AND sender = ?').pluck();
    return (last.get(room, person) as number | null) ?? -1;
  }

  /** True the first time it is called for this room and name: for explanations that are given once. */
  firstTime(room: string, name: string): boolean {
    const told = this.#notes(room).told ?? [];
    if (told.includes(name)) return false;
    this.#setNotes(room, { told: [...told, name] });
    return true;
  }

  /** Stores that something was told together with the telling: a crash leaves both or neither. For changes of bot.db only. */
  atOnce(changes: () => void): void {
    this.#db.transaction(changes)();
  }

  /** True when `firstTime` was called for this room and name. */
  wasTold(room: string, name: string): boolean {
    return (this.#notes(room).told ?? []).includes(name);
  }

  /** Makes `firstTime` true again, for explanations whose cause went away and may come back. */
  forgetTold(room: string, name: string): void {
    const told = this.#notes(room).told ?? [];
    if (told.includes(name)) this.#setNotes(room, { told: told.filter((other) => other !== name) });
  }

  /** Forgets what was told to one person alone in rooms with others. For erasing them. */
  forgetToldTo(person: string): void {
    const rooms = this.#db.prepare('SELECT room_id FROM rooms WHERE instr(notes, ?)').pluck().all(person) as string[];
    for (const room of rooms) {
      const told = this.#notes(room).told ?? [];
      this.#setNotes(room, { told: told.filter((name) => !namesId(name, person)) });
    }
  }

  #notes(room: string): RoomNotes {
    const notes = this.#db.prepare('SELECT notes FROM rooms WHERE room_id = ?').pluck().get(room);
    return typeof notes === 'string' ? (JSON.parse(notes) as RoomNotes) : {};
  }

  #setNotes(room: string, notes: RoomNotes): void {
    this.#db
      .prepare(
        'INSERT INTO rooms (room_id, joined, notes) VALUES (?, 0, ?) ON CONFLICT DO UPDATE SET notes = excluded.notes',
      )
      .run(room, JSON.stringify(notes));
  }
}
