import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { Departures, type EraseWaits } from '../../../bot/erase/departures.ts';
import type { EraseChats } from '../../../bot/erase/erase-chats.ts';
import { EraseDesk } from '../../../bot/erase/erase-desk.ts';
import type { EraseParts } from '../../../bot/erase/erase-parts.ts';
import { LockedFiles } from '../../../bot/locked-files.ts';
import { MarkedAnswers } from '../../../bot/marked-answers.ts';
import { BOT_MIGRATIONS } from '../../../bot/matrix/bot-migrations.ts';
import { CardBook } from '../../../bot/matrix/card-book.ts';
import { Inbox } from '../../../bot/matrix/inbox.ts';
import { Outbox } from '../../../bot/matrix/outbox.ts';
import { ReplayGuard } from '../../../bot/matrix/replay-guard.ts';
import { RoomBook } from '../../../bot/matrix/room-book.ts';
import { Uploads } from '../../../bot/matrix/uploads.ts';
import type { OpenState } from '../../../core/control.ts';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { lendDocument } from '../../../core/lend-document.ts';
import { createLogger } from '../../../core/log.ts';
import type { Share } from '../../../core/shares.ts';
import { findLeftovers } from '../../../core/sqlite/find-leftovers.ts';
import { migrate } from '../../../core/sqlite/migrate.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { gramsOf, sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { NOW, openTestState, PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import { answer, BOT, member, text, timeline } from '../matrix/sample-events.ts';

export const ADA = '@ada:home.test';
export const BEN = '@ben:home.test';
export const BENS_ROOM = '!benschat:home.test';
export const OPS_ROOM = '!ops:home.test';
export const HOUR = 3_600_000;
export const CANARY = 'qvzzgrtplkxwmn';

/** What was done in the chats, in order; `fail` makes the calls of a name throw, `during` happens in them. */
export class RecordedChats implements EraseChats {
  readonly done: string[] = [];
  readonly told: { room: string; person: string; text: string; transaction: string }[] = [];
  readonly fail = new Map<string, Error>();
  readonly during = new Map<string, () => void>();
  allowed = true;

  async takeBack(room: string): Promise<boolean> {
    this.#note('takeBack', room);
    return this.allowed;
  }
  async takeBackOne(room: string, event: string): Promise<boolean> {
    this.#note('takeBackOne', `${room} ${event}`);
    return this.allowed;
  }
  async removeUpload(mxc: string): Promise<boolean> {
    this.#note('removeUpload', mxc);
    return this.allowed;
  }
  async tell(message: { room: string; person: string; text: string; transaction: string }): Promise<boolean> {
    this.#note('tell', message.room);
    this.told.push(message);
    return this.allowed;
  }
  async leave(room: string): Promise<void> {
    this.#note('leave', room);
  }
  async forgetKeys({ person }: { person: string }): Promise<void> {
    this.#note('forgetKeys', person);
  }

  #note(name: string, what: string): void {
    const error = this.fail.get(name);
    if (error) throw error;
    this.during.get(name)?.();
    this.done.push(`${name} ${what}`);
  }
}

/** A state folder with Ada (admin) and Ben (member), bot.db in it, and the desk that erases. */
export interface EraseSide {
  readonly clock: { now: number };
  readonly state: OpenState;
  readonly db: Database;
  readonly outbox: Outbox;
  readonly chats: RecordedChats;
  readonly desk: EraseDesk;
  readonly departures: Departures;
  readonly frozen: string[];
  readonly parts: EraseParts;
  close(): void;
}

/** Opens (and at the first call makes) it. */
export async function openEraseSide(stateDir: string, waits: Partial<EraseWaits> = {}): Promise<EraseSide> {
  const clock = { now: NOW };
  const now = () => clock.now;
  const state = await openTestState(stateDir, { clock: now });
  const { people, alerts } = state.control;
  people.seed([
    { id: ADA, role: 'admin', language: 'en' },
    { id: BEN, role: 'member', language: 'en' },
  ]);
  const db = openEncrypted(join(stateDir, 'bot.db'), state.botKey);
  migrate(db, BOT_MIGRATIONS);
  const [rooms, outbox, chats, frozen] = [new RoomBook(db), new Outbox(db, now), new RecordedChats(), [] as string[]];
  const parts: EraseParts = {
    ...{ own: BOT, db, erasing: state.erasing, vault: state.vault, people, alerts, outbox, chats },
    ...{ shares: state.shares, families: state.rooms },
    work: { stopAll: async () => {}, stopReading: async () => {} },
    index: undefined,
    backups: () => [],
    opsRoom: () => OPS_ROOM,
    onPersonFrozen: [(person) => frozen.push(person)],
    clock: now,
    log: createLogger({ name: 'test', level: 'silent' }),
  };
  const departures = new Departures({
    ...parts,
    rooms,
    waits: { coolingOffMs: 72 * HOUR, afterRemovalMs: 30 * 24 * HOUR, ...waits },
    inbox: new Inbox(db, { own: BOT, rooms, outbox, now }),
    onTakeAlong: () => {},
    wake: () => {},
  });
  const desk = new EraseDesk(parts, new AbortController().signal);
  const close = () => {
    db.close();
    state[Symbol.dispose]();
  };
  return { clock, state, db, outbox, chats, desk, departures, frozen, parts, close };
}

/** Gives Ben something in every place where the product keeps things of people. */
export function fillForBen(side: EraseSide): void {
  const { state, db, outbox, clock } = side;
  const { people, audit, alerts } = state.control;
  const now = () => clock.now;
  const ben = people.callerFor(BEN)!;
  state.vault.write(ben, (writer) => {
    for (const name of ['$lease:home.test', '$will:home.test', '$old:home.test'])
      writer.addDocument(sampleDocument(name), [samplePassage(0, `${CANARY} one`), samplePassage(1, 'two')]);
    writer.replaceDocument(3, { number: 2, at: NOW });
    const turn = {
      event: '$asked:home.test',
      question: `who is ${CANARY}?`,
      answer: 'nobody',
      at: NOW,
      passages: [1],
      model: null,
    };
    writer.addTurn({ ...turn, room: BENS_ROOM });
    writer.addBadAnswer(turn);
    writer.setSetting('tone', CANARY);
  });
  const rooms = new RoomBook(db);
  const inbox = new Inbox(db, { own: BOT, rooms, outbox, now });
  const chat = [member(BOT, 'join'), member(BEN, 'join', { event_id: '$benjoin:home.test' })];
  const unread = text('$unread:home.test', { sender: BEN, content: { msgtype: 'm.text', body: CANARY } });
  const ops = [member(BOT, 'join', { event_id: '$bot in ops' }), member(ADA, 'join', { event_id: '$ada in ops' })];
  inbox.store(answer('s1', { [BENS_ROOM]: timeline([...chat, unread]), [OPS_ROOM]: timeline(ops) }, {}));
  rooms.markEncrypted(BENS_ROOM, NOW);
  rooms.firstTime(BENS_ROOM, 'crowd');
  const audience = { kind: 'direct', person: BEN } as const;
  const message = { room: BENS_ROOM, audience, type: 'm.room.message', content: { body: CANARY } };
  outbox.add({ ...message, transaction: 'kin.one' });
  outbox.add({ ...message, transaction: 'kin.two', source: '$asked:home.test' });
  const opened = { event: unread, room: BENS_ROOM, type: 'm.room.message', wasEncrypted: true, shield: 'ok' } as const;
  const locked = new LockedFiles(db, now);
  locked.add({ ...opened, content: { msgtype: 'm.file', body: CANARY } });
  locked.notePassword('$unread:home.test', '$lease:home.test');
  new MarkedAnswers(db).note('$thumb:home.test', '$asked:home.test');
  new ReplayGuard(db).admit({ ...unread, content: { ciphertext: 'AAAA', session_id: 's' } });
  new Uploads(db, now).note({ file: { url: 'mxc://home.test/benscopy' } }, BEN);
  const sent = { room: OPS_ROOM, events: ['$card:home.test'] };
  new CardBook(db).note({ source: '$ada asked', person: BEN, at: NOW, sent });
  db.prepare('INSERT INTO invites VALUES (?, ?, ?)').run('!later:home.test', BEN, NOW);
  audit.append({ at: NOW, actor: BEN, action: 'command.forget', target: `${ben.tenant}/3`, outcome: 'done' });
  audit.append({ at: NOW, actor: ADA, action: 'command.people-add', target: BEN, outcome: 'done' });
  alerts.raise({
    code: 'no-signed-device',
    severity: 'warning',
    key: `no-signed-device ${BEN}`,
    facts: { person: BEN },
  });
  state.vault.write(people.callerFor(ADA)!, (writer) =>
    writer.addDocument(sampleDocument('$adas:home.test'), [samplePassage(0, 'the violin')]),
  );
}

/** Lends a document from one to another, as `!share` does. */
export function lend({ state }: EraseSide, terms: { owner: string; document: number; reader: string }): Share {
  const { vault, shares, control } = state;
  const [owner, reader] = [terms.owner, terms.reader].map((id) => control.people.callerFor(id)!);
  const wordsOf = (_: unknown, { text: words }: { text: string }) => ({
    ...{ grams: gramsOf(words).join(' '), pieces: Uint32Array.of(1) },
  });
  const lending = { document: terms.document, reader: reader!.person, until: null };
  return lendDocument({ vault, shares, wordsOf, isNote: () => false }, owner!, lending);
}

/** Everything of Ben that a raw look at both stores finds, on a copy of the folder, as somebody with all keys could. */
export async function leftOfBen(stateDir: string, copy: string, tenant: string): Promise<string[]> {
  cpSync(stateDir, copy, { recursive: true });
  const masterKey = await unlockMasterKey(join(copy, 'keys.json'), PASSPHRASE);
  const texts = [BEN, tenant, BENS_ROOM, CANARY];
  const events = ['lease', 'will', 'old', 'asked', 'unread', 'thumb', 'benjoin'].map((name) => `$${name}:home.test`);
  return (['control.db', 'bot.db'] as const).flatMap((file) => {
    const db = openEncrypted(join(copy, file), deriveKey(masterKey, file));
    try {
      return findLeftovers(db, { texts, events }).map(
        ({ table, column, rows }) => `${file} ${table}.${column} ${rows}`,
      );
    } finally {
      db.close();
    }
  });
}
