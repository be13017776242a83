import type { Database } from 'better-sqlite3';
import type { Opened } from './incoming.ts';

/** How long a file waits for its password. */
const PATIENCE_MS = 30 * 60_000;
/** How long it is remembered which messages had to do with passwords: as long as a server may repeat itself. */
const REMEMBERED_MS = 30 * 24 * 3_600_000;

/** A file that was refused because it is locked. `opened` is what reading it again takes; undefined once that is over. */
export interface LockedFile {
  readonly event: string;
  readonly opened: Opened | undefined;
}

interface Row {
  readonly event_id: string;
  readonly room_id: string;
  readonly person: string;
  readonly sent_at: number;
  readonly content: string | null;
}

/**
 * Files that wait for their password, in bot.db: of each just what downloading it again takes, for half an hour. No
 * password ever comes here. Used by the file desk.
 */
export class LockedFiles {
  readonly #db: Database;
  readonly #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Notes a file that asked for its password; asking again gives it more time. */
  add({ event, room, content }: Opened): void {
    const { msgtype, body, filename, file, info } = content;
    // A caption that asks is answered later; any other may hold the password itself.
    const isAsking = typeof body === 'string' && /[?？؟]\s*$/u.test(body);
    const shown = isAsking ? body : (filename ?? body);
    const kept = JSON.stringify({ msgtype, body: shown, filename, file, info });
    this.#db
      .prepare(
        `INSERT OR REPLACE INTO locked_files (event_id, room_id, person, sent_at, asked_at, content)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(event.event_id, room, event.sender, event.origin_server_ts, this.#now(), kept);
  }

  /** A person's files of one room that asked, the latest first, those whose time is over among them. */
  of(person: string, room: string): LockedFile[] {
    this.expire();
    const rows = this.#db
      .prepare('SELECT * FROM locked_files WHERE person = ? AND room_id = ? ORDER BY asked_at DESC, sent_at DESC')
      .all(person, room) as Row[];
    return rows.map((row) => ({ event: row.event_id, opened: openedOf(row) }));
  }

  /** True while a file waits. */
  isWaiting(event: string): boolean {
    this.expire();
    return this.#db.prepare('SELECT content FROM locked_files WHERE event_id = ?').pluck().get(event) != null;
  }

  /** Ends the waiting of a file: it was opened, or its message was deleted. */
  close(event: string): void {
    this.#db.prepare('UPDATE locked_files SET content = NULL WHERE event_id = ?').run(event);
  }

  /** Ends the waiting of every file of a room: it belongs to others as well from now on. */
  closeRoom(room: string): void {
    this.#db.prepare('UPDATE locked_files SET content = NULL WHERE room_id = ?').run(room);
  }

  /** Remembers that a message was about a password, not what it said; and of a wrong one the file that it was meant for. */
  notePassword(event: string, wrongFor?: string): void {
    this.#db
      .prepare(
        `INSERT INTO password_messages (event_id, at, file) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET file = coalesce(excluded.file, file)`,
      )
      .run(event, this.#now(), wrongFor ?? null);
  }

  /** The file that a message's wrong password was meant for; undefined for every other message. */
  wronglyTried(event: string): string | undefined {
    const file = this.#db.prepare('SELECT file FROM password_messages WHERE event_id = ?').pluck().get(event);
    return typeof file === 'string' ? file : undefined;
  }

  isPassword(event: string): boolean {
    return this.#db.prepare('SELECT 1 FROM password_messages WHERE event_id = ?').get(event) !== undefined;
  }

  /** Forgets the keys of files whose time is over, and after a month that they ever asked. Called about once a second. */
  expire(): void {
    const now = this.#now();
    this.#db
      .prepare('UPDATE locked_files SET content = NULL WHERE content IS NOT NULL AND asked_at < ?')
      .run(now - PATIENCE_MS);
    this.#db.prepare('DELETE FROM locked_files WHERE asked_at < ?').run(now - REMEMBERED_MS);
    this.#db.prepare('DELETE FROM password_messages WHERE at < ?').run(now - REMEMBERED_MS);
  }
}

function openedOf(row: Row): Opened | undefined {
  if (row.content === null) return undefined;
  const content = JSON.parse(row.content) as Record<string, unknown>;
  const event = {
    event_id: row.event_id,
    type: 'm.room.message',
    sender: row.person,
    origin_server_ts: row.sent_at,
    content: {},
  };
  return { event, room: row.room_id, type: 'm.room.message', content, wasEncrypted: true, shield: 'ok' };
}
