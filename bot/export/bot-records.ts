import type { Database } from 'better-sqlite3';

/** What bot.db holds of a person: ids, times and states of messages, and words only while something waits. */
export interface BotRecords {
  /** Rooms that the person and the bot share; `told`: explanations that were given there once. */
  readonly rooms: readonly unknown[];
  readonly messages: readonly unknown[];
  readonly replies: readonly unknown[];
  readonly lockedFiles: readonly unknown[];
  readonly passwordMessages: readonly unknown[];
  readonly thumbsDown: readonly unknown[];
  readonly invites: readonly unknown[];
  readonly exports: readonly unknown[];
}

const QUERIES: Readonly<Record<keyof BotRecords, string>> = {
  rooms: `SELECT r.room_id AS room, m.membership, r.joined, r.joined_at AS joinedAt, r.encrypted_at AS encryptedAt, r.notes
    FROM members m JOIN rooms r ON r.room_id = m.room_id WHERE m.user_id = @person ORDER BY r.room_id`,
  messages: `SELECT event_id AS event, room_id AS room, received_at AS receivedAt, state, waiting_since AS waitingSince, told,
    stopped, body AS stillToHandle FROM events WHERE sender = @person ORDER BY position`,
  replies: `SELECT event_id AS event, transaction_id AS "transaction", room_id AS room, type, CASE WHEN source LIKE 'share %' THEN NULL ELSE source END AS answers,
    state,
    created_at AS createdAt, tried_at AS triedAt, attempts, content AS stillToSend
    FROM outbox WHERE json_extract(audience, '$.person') = @person ORDER BY id`,
  lockedFiles: `SELECT event_id AS event, room_id AS room, person, sent_at AS sentAt, asked_at AS askedAt, content
    FROM locked_files WHERE person = @person ORDER BY asked_at`,
  passwordMessages: `SELECT p.event_id AS event, p.at, p.file FROM password_messages p
    JOIN events e ON e.event_id = p.event_id WHERE e.sender = @person ORDER BY p.at`,
  thumbsDown: `SELECT t.reaction, t.question FROM thumbs_down t
    JOIN events e ON e.event_id = t.reaction WHERE e.sender = @person ORDER BY t.reaction`,
  invites: 'SELECT room_id AS room, inviter, received_at AS receivedAt FROM invites WHERE inviter = @person',
  exports: `SELECT event_id AS event, person, room_id AS room, asked_at AS askedAt, state, ended_at AS endedAt
    FROM exports WHERE person = @person ORDER BY asked_at`,
};

/** Collects them for the export. */
export function botRecords(db: Database, person: string): BotRecords {
  const found = Object.entries(QUERIES).map(([name, sql]) => [name, db.prepare(sql).all({ person })] as const);
  const records = Object.fromEntries(found) as unknown as BotRecords;
  return { ...records, rooms: records.rooms.map((room) => withoutOthers(room as RoomRow, person)) };
}

interface RoomRow {
  /** `{"told": ["crowd", "unsigned @ada:home.test"]}` */
  readonly notes: string;
}

/** Of what was explained in a room, what was about somebody else is theirs. */
function withoutOthers(row: RoomRow, person: string): RoomRow {
  const { told, ...notes } = JSON.parse(row.notes) as { readonly told?: readonly string[] };
  const own = told?.filter((note) => (note.match(/@\S+/g) ?? []).every((id) => id === person));
  return { ...row, notes: JSON.stringify({ ...notes, ...(own && { told: own }) }) };
}
