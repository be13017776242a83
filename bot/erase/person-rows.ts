import type { Database } from 'better-sqlite3';
import type { EraseCounts, EraseTraces } from '../../core/erase/erasure.ts';
import { namesId, withoutId } from '../../core/erase/named-id.ts';
import { CardBook } from '../matrix/card-book.ts';
import { RoomBook } from '../matrix/room-book.ts';
import { isTelling } from '../tell-person.ts';

/** Whose rows of bot.db are meant. `own` is the bot's address. */
export interface RowsOf extends EraseTraces {
  readonly own: string;
  readonly person: string;
}

/** A room with others in it, in which the person still is: that they are there is the room's business, and has to be known. */
const CROWD = `room_id IN (SELECT room_id FROM members WHERE membership = 'join' AND user_id NOT IN (@own, @person))`;

/** Where rows of a person lie, by table. */
const ROWS = {
  outbox: `json_extract(audience, '$.person') = @person OR room_id IN rooms_meant OR source IN events_meant`,
  locked_files: 'person = @person OR room_id IN rooms_meant',
  password_messages: 'event_id IN events_meant OR file IN events_meant',
  thumbs_down: 'question IN events_meant OR reaction IN events_meant',
  seen_messages: 'event_id IN events_meant',
  uploads: 'person = @person',
  exports: 'person = @person',
  invites: 'inviter = @person',
  gaps: 'room_id IN rooms_meant',
  events: 'room_id IN rooms_meant OR sender = @person OR event_id IN events_meant',
} as const;

/** The rooms that hold nobody but the bot and this person (there or invited), also those that either has left. */
export function roomsOf(db: Database, { own, person }: Pick<RowsOf, 'own' | 'person'>, opsRoom?: string): string[] {
  return db
    .prepare(
      `SELECT DISTINCT room_id FROM members AS m WHERE user_id = @person AND room_id <> @ops AND NOT EXISTS (
         SELECT 1 FROM members WHERE room_id = m.room_id AND user_id NOT IN (@own, @person) AND membership IN ('join', 'invite'))
       ORDER BY room_id`,
    )
    .pluck()
    .all({ own, person, ops: opsRoom ?? '' }) as string[];
}

/** Ids of the messages that the inbox knows of a person or their rooms. */
export function eventsOf(db: Database, { person, rooms }: Pick<RowsOf, 'person' | 'rooms'>): string[] {
  return db
    .prepare('SELECT event_id FROM events WHERE sender = ? OR room_id IN (SELECT value FROM json_each(?))')
    .pluck()
    .all(person, JSON.stringify(rooms)) as string[];
}

/** What a person has in bot.db, for the preview and the receipt: messages that wait, locked files, marks, uploads. */
export function countRows(db: Database, person: string): EraseCounts {
  const count = (sql: string) => db.prepare(`SELECT count(*) FROM ${sql}`).pluck().get({ person }) as number;
  return {
    queuedMessages: count("outbox WHERE state = 'pending' AND json_extract(audience, '$.person') = @person"),
    lockedFiles: countLocked(db, person),
    openMessages: count("events WHERE sender = @person AND state <> 'done'"),
    uploads: count('uploads WHERE person = @person'),
  };
}

/** How many files of a person wait for their password: all, or those that came by some messages. */
export function countLocked(db: Database, person: string, events?: readonly string[]): number {
  return db
    .prepare(
      `SELECT count(*) FROM locked_files WHERE person = @person AND content IS NOT NULL
         AND (@events IS NULL OR event_id IN (SELECT value FROM json_each(@events)))`,
    )
    .pluck()
    .get({ person, events: events ? JSON.stringify(events) : null }) as number;
}

/** Addresses of what the bot uploaded for a person. */
export function uploadsOf(db: Database, person: string): string[] {
  return db.prepare('SELECT mxc FROM uploads WHERE person = ? ORDER BY mxc').pluck().all(person) as string[];
}

/** What the bot wrote in answer to some messages in other rooms than these, as far as it is on record: also each edit. */
export function answersElsewhere(db: Database, { rooms, events }: EraseTraces): { room: string; event: string }[] {
  return db
    .prepare(
      `SELECT room_id AS room, event_id AS event FROM outbox WHERE state = 'sent' AND event_id IS NOT NULL
         AND source IN (SELECT value FROM json_each(?)) AND room_id NOT IN (SELECT value FROM json_each(?)) ORDER BY id`,
    )
    .all(JSON.stringify(events), JSON.stringify(rooms)) as { room: string; event: string }[];
}

/** Removes everything of a person but who is in which room, which saying goodbye still needs. A repeat finds nothing. */
export function removeRows(db: Database, whose: RowsOf): void {
  db.transaction(() => {
    withMeant(db, whose, () => {
      for (const [table, where] of Object.entries(ROWS))
        db.prepare(`DELETE FROM ${table} WHERE ${where}`).run(named(whose));
    });
    new RoomBook(db).forgetToldTo(whose.person);
    new CardBook(db).forget(whose.person);
    hideInWaiting(db, whose.person);
  })();
}

/**
 * Takes a person's name out of what waits for others. Notices about what they lent are over with their shares; anything else
 * goes on its way without the name. So does what others wrote in a room with them: who was there stays unknown.
 */
function hideInWaiting(db: Database, person: string): void {
  const waiting = db
    .prepare("SELECT id, transaction_id AS name, content FROM outbox WHERE state = 'pending' AND instr(content, ?)")
    .all(person) as { id: number; name: string; content: string }[];
  for (const { id, name, content } of waiting) {
    if (!namesId(content, person)) continue;
    if (isTelling(name)) db.prepare("UPDATE outbox SET state = 'dropped', content = NULL WHERE id = ?").run(id);
    else db.prepare('UPDATE outbox SET content = ? WHERE id = ?').run(withoutId(content, person), id);
  }
  const seen = db.prepare('SELECT event_id AS event, members FROM events WHERE instr(members, ?)').all(person);
  for (const { event, members } of seen as { event: string; members: string }[])
    db.prepare('UPDATE events SET members = ? WHERE event_id = ?').run(withoutId(members, person), event);
}

/** Removes who is in which room: the rooms of the person alone, and elsewhere that they were there. */
export function removeRooms(db: Database, whose: RowsOf): void {
  db.transaction(() => {
    for (const room of whose.rooms) {
      db.prepare('DELETE FROM members WHERE room_id = ?').run(room);
      db.prepare('DELETE FROM rooms WHERE room_id = ?').run(room);
    }
    db.prepare(`DELETE FROM members WHERE user_id = @person AND NOT (membership = 'join' AND ${CROWD})`).run(
      named(whose),
    );
  })();
}

/** In how many rooms with others the person still is. */
export function crowdsOf(db: Database, { own, person }: Pick<RowsOf, 'own' | 'person'>): number {
  return db
    .prepare(`SELECT count(*) FROM members WHERE user_id = @person AND membership = 'join' AND ${CROWD}`)
    .pluck()
    .get({ own, person }) as number;
}

function named({ own, person }: RowsOf): { own: string; person: string } {
  return { own, person };
}

/** The ids as tables of their own: there may be thousands. In memory only, and gone afterwards. */
function withMeant(db: Database, { rooms, events }: RowsOf, work: () => void): void {
  for (const [name, ids] of [['rooms_meant', rooms] as const, ['events_meant', events] as const]) {
    db.exec(`CREATE TEMP TABLE ${name} (id TEXT PRIMARY KEY) WITHOUT ROWID`);
    db.prepare(`INSERT OR IGNORE INTO ${name} SELECT value FROM json_each(?)`).run(JSON.stringify(ids));
  }
  try {
    work();
  } finally {
    db.exec('DROP TABLE rooms_meant; DROP TABLE events_meant');
  }
}
