import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { Inbox } from '../../bot/matrix/inbox.ts';
import { Outbox } from '../../bot/matrix/outbox.ts';
import { RoomBook } from '../../bot/matrix/room-book.ts';
import type { OpenState } from '../../core/control.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { openBotDb } from './matrix/bot-db.ts';
import { BOT } from './matrix/sample-events.ts';

/** A real state folder with a family in it, and the bot's own stores beside. `clock.now` is what every part sees. */
export interface Household {
  /** Holds the state folder and bot.db. */
  readonly folder: string;
  readonly clock: { now: number };
  readonly state: OpenState;
  readonly db: Database;
  readonly rooms: RoomBook;
  readonly outbox: Outbox;
  readonly inbox: Inbox;
  /** Closes everything and opens it anew, as a restart does. */
  reopen(): Promise<void>;
  remove(): void;
}

/** Opens it: Ada is an admin and speaks English, Ben is a member and speaks German. */
export async function openHousehold(): Promise<Household> {
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-household-'));
  const clock = { now: 1_800_000_000_000 };
  const now = () => clock.now;
  const open = async () => {
    const state = await openState({
      opensCopies: true,
      stateDir: join(folder, 'state'),
      passphrase: 'correct horse',
      create: true,
      clock: now,
      kdf: KDF_FOR_TESTS_ONLY,
    });
    state.control.people.seed([
      { id: '@ada:home.test', role: 'admin', language: 'en' },
      { id: '@ben:home.test', role: 'member', language: 'de' },
    ]);
    const db = openBotDb(folder);
    const rooms = new RoomBook(db);
    const outbox = new Outbox(db, now);
    return { state, db, rooms, outbox, inbox: new Inbox(db, { own: BOT, rooms, outbox, now }) };
  };
  const close = (parts: { state: OpenState; db: Database }) => {
    parts.db.close();
    parts.state[Symbol.dispose]();
  };
  const parts = { folder, clock, ...(await open()) };
  return Object.assign(parts, {
    reopen: async () => {
      close(parts);
      Object.assign(parts, await open());
    },
    remove: () => {
      close(parts);
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

/** The words of everything that waits in the outbox, oldest first, by room. */
export function queued({ db }: Household): { room: string; audience: unknown; body: string }[] {
  const rows = db
    .prepare("SELECT room_id, audience, content FROM outbox WHERE state = 'pending' ORDER BY id")
    .all() as { room_id: string; audience: string; content: string }[];
  return rows.map((row) => ({
    room: row.room_id,
    audience: JSON.parse(row.audience),
    body: String((JSON.parse(row.content) as { body: unknown }).body),
  }));
}
