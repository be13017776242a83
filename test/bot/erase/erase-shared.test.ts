import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Inbox } from '../../../bot/matrix/inbox.ts';
import { RoomBook } from '../../../bot/matrix/room-book.ts';
import { familyMembership } from '../../../bot/room-kind.ts';
import { say } from '../../../bot/wording/say.ts';
import type { Caller } from '../../../core/caller.ts';
import { verifyReceipt } from '../../../core/erase/receipt.ts';
import { Markdown } from '../../../core/wording/markdown.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { answer, BOT, member, text, timeline } from '../matrix/sample-events.ts';
import {
  ADA,
  BEN,
  type EraseSide,
  fillForBen,
  HOUR,
  leftOfBen,
  lend as lendOn,
  OPS_ROOM,
  openEraseSide,
} from './erase-side.ts';

const FAMILY = '!family:home.test';
const QUESTION = '$bensquestion:home.test';
const MARKED = '$bensmarked';
let place: ReturnType<typeof temporaryFolder>;
let side: EraseSide;
let tenant: string;

beforeEach(async () => {
  place = temporaryFolder();
  side = await openEraseSide(place.stateDir);
  fillForBen(side);
  tenant = side.state.control.people.find(BEN)!.tenant;
  const rooms = new RoomBook(side.db);
  const { people } = side.state.control;
  const kinds = { own: BOT, rooms, people, families: side.state.rooms, opsRoom: () => OPS_ROOM };
  side.state.rooms.askMembership(familyMembership(kinds));
});
afterEach(() => {
  side.close();
  place.remove();
});

const callerOf = (id: string): Caller => side.state.control.people.callerFor(id)!;
const filesOf = (one: string) => readdirSync(join(place.stateDir, 'tenants')).filter((file) => file.startsWith(one));
const sharesOf = (id: string) => side.state.shares.of(callerOf(id));
const receipt = () => verifyReceipt(side.chats.told.at(-1)!.text, side.state.erasing.verifyingKey);

const lend = (owner: string, document: number, reader: string) => lendOn(side, { owner, document, reader });

async function eraseBen() {
  const { id, dueAt } = side.departures.ask(callerOf(BEN), 'person');
  side.clock.now = dueAt;
  await side.desk.runDue();
  expect(side.state.erasing.book.get(id)).toMatchObject({ state: 'done', person: null });
}

describe('somebody who lends and borrows', () => {
  let shelves: string[];
  beforeEach(() => {
    shelves = [lend(BEN, 1, ADA), lend(ADA, 1, BEN)].map(({ shelf }) => shelf.tenant);
    expect(sharesOf(ADA)).toHaveLength(2);
  });

  test('is erased with both sides of it: no key, no file, no row, and the receipt counts them', async () => {
    expect(side.departures.preview(callerOf(BEN), 'person')).toMatchObject({ shares: 2 });
    await eraseBen();
    expect(sharesOf(ADA)).toEqual([]);
    expect(shelves.flatMap(filesOf)).toEqual([]);
    expect(await leftOfBen(place.stateDir, join(place.folder, 'copy'), tenant)).toEqual([]);
    expect(receipt()).toMatchObject({ before: { shares: 2 }, after: { shares: 0 } });
    expect(receipt().remains).toEqual(expect.arrayContaining(['others-chats', 'ops-messages']));
    expect(side.state.vault.read(callerOf(ADA), (reader) => reader.documents())).toHaveLength(1);
  });

  test('loses it at once when removed, and coming back brings none back', async () => {
    await side.departures.remove(side.state.control.people.find(BEN)!);
    expect(sharesOf(ADA)).toEqual([]);
    expect(shelves.flatMap(filesOf)).toEqual([]);
    side.departures.cancel(BEN);
    side.state.control.people.add({ id: BEN, role: 'member', language: 'en' });
    expect([...sharesOf(ADA), ...sharesOf(BEN)]).toEqual([]);
    expect(lend(BEN, 1, ADA).number).toBe(3);
  });

  test('who forgets all documents lends nothing any more, and keeps what others lent', async () => {
    expect(side.departures.preview(callerOf(BEN), 'documents')).toMatchObject({ shares: 1 });
    side.departures.ask(callerOf(BEN), 'documents');
    await side.desk.runDue();
    expect(receipt()).toMatchObject({ before: { shares: 1 }, after: { shares: 0 } });
    expect(sharesOf(BEN)).toEqual([expect.objectContaining({ side: 'reader', owner: ADA })]);
    expect(filesOf(shelves[0]!)).toEqual([]);
    expect(filesOf(shelves[1]!)).not.toEqual([]);
  });
});

describe('somebody in a family room', () => {
  const stored = (batch: string, events: Parameters<typeof timeline>[0]) => {
    const { db, outbox, clock } = side;
    const inbox = new Inbox(db, { own: BOT, rooms: new RoomBook(db), outbox, now: () => clock.now });
    inbox.store(answer(batch, { [FAMILY]: timeline(events) }, {}));
  };
  const roomOf = (id: string) => side.state.rooms.callerFor(FAMILY, id);

  beforeEach(() => {
    stored('s2', [
      member(BOT, 'join', { event_id: '$botf' }),
      member(ADA, 'join', { event_id: '$adaf' }),
      member(BEN, 'join', { event_id: '$benf' }),
      text(QUESTION, { sender: BEN }),
      // Remembered no more, and still kept as marked.
      text(MARKED, { sender: BEN }),
    ]);
    const ben = side.state.rooms.enter(FAMILY, BEN)!;
    const turn = { room: FAMILY, answer: 'no', at: side.clock.now, passages: [], model: null };
    side.state.vault.write(ben, (writer) => {
      writer.addDocument(sampleDocument('$paper'), [samplePassage(0, 'The ferry goes at nine.')]);
      // The same paper, sent twice.
      writer.addSource(1, { source: '$again', addedAt: side.clock.now });
      for (const source of ['$paper', '$again']) writer.noteRoom(source, FAMILY, BEN);
      writer.addTurn({ ...turn, event: QUESTION, question: 'may I?' });
      writer.addTurn({ ...turn, event: '$adasquestion', question: 'when?' });
      const { room: _, ...bad } = turn;
      writer.addBadAnswer({ ...bad, event: MARKED, question: 'is this mine?' });
      writer.addBadAnswer({ ...bad, event: '$adasquestion', question: 'when?' });
    });
  });

  test('may not enter it from the moment of being removed, nor may the others while the removed one is there', async () => {
    const [ada, ben] = [roomOf(ADA)!, roomOf(BEN)!];
    await side.departures.remove(side.state.control.people.find(BEN)!);
    for (const kept of [ada, ben]) expect(() => side.state.vault.read(kept, () => 1)).toThrow(/nothing kept/);
    expect([roomOf(BEN), side.state.rooms.enter(FAMILY, BEN)]).toEqual([undefined, undefined]);
    stored('s3', [member(BEN, 'leave', { event_id: '$bengone' })]);
    expect(side.state.vault.read(ada, (reader) => reader.documents())).toHaveLength(1);
    expect(() => side.state.vault.read(ben, () => 1)).toThrow(/nothing kept/);
  });

  test('leaves papers there without a name, takes the own questions along, and is told so before and after', async () => {
    expect(side.departures.preview(callerOf(BEN), 'person')).toMatchObject({ roomPapers: 1, turns: 3 });
    await eraseBen();
    expect(receipt()).toMatchObject({ before: { turns: 3 }, after: { turns: 0 } });
    expect(receipt().remains).toContain('room-papers');
    expect(receipt().before).not.toHaveProperty('roomPapers');
    expect(side.chats.told.at(-1)!.text).toContain('stays there for the others, without your name');
    stored('s3', [member(BEN, 'leave', { event_id: '$bengone' })]);
    const left = side.state.vault.read(roomOf(ADA)!, (reader) => ({
      papers: reader.documents().length,
      sender: reader.senderOf('$paper'),
      turns: reader.turns(FAMILY, 9).map(({ event }) => event),
      marked: reader.badAnswers().map(({ event }) => event),
    }));
    expect(left).toEqual({ papers: 1, sender: undefined, turns: ['$adasquestion'], marked: ['$adasquestion'] });
  });

  test('has the answers there taken back with every edit, and hears that older ones stay', async () => {
    const answerOf = (transaction: string, source: string, editOf?: string) => {
      const family = { room: FAMILY, audience: { kind: 'family' }, type: 'm.room.message', content: {} } as const;
      side.outbox.add({ ...family, transaction, source, ...(editOf && { editOf }) });
      side.outbox.markSent(side.outbox.find(transaction)!.id, `$${transaction}`);
    };
    answerOf('bens', QUESTION);
    answerOf('bens-edit', QUESTION, 'bens');
    answerOf('adas', '$adasquestion');
    await eraseBen();
    const taken = side.chats.done.filter((one) => one.startsWith('takeBackOne'));
    expect(taken).toEqual([`takeBackOne ${FAMILY} $bens`, `takeBackOne ${FAMILY} $bens-edit`]);
    expect(receipt().remains).toContain('room-answers');
    expect(receipt().before).not.toHaveProperty('roomAnswers');
  });

  test.each([
    ['from its beginning', (bytes: Buffer) => bytes.fill(7, 0, 8000)],
    ['in all pages but the first', (bytes: Buffer) => bytes.fill(7, 4096)],
  ])('is erased although a room’s file is damaged %s, and is told so before and after', async (_where, damage) => {
    const tenantOf = roomOf(BEN)!.tenant;
    side.close();
    const file = join(place.stateDir, 'tenants', `${tenantOf}.db`);
    const bytes = readFileSync(file);
    for (const log of ['-wal', '-shm']) rmSync(`${file}${log}`, { force: true });
    writeFileSync(file, damage(bytes));
    side = await openEraseSide(place.stateDir);
    expect(side.departures.preview(callerOf(BEN), 'person')).toMatchObject({ unreadRooms: 1, documents: 3 });
    side.departures.ask(callerOf(BEN), 'documents');
    await side.desk.runDue();
    expect(receipt()).toMatchObject({ kind: 'documents', remains: expect.arrayContaining(['in-rooms']) });
    await eraseBen();
    expect(receipt()).toMatchObject({ kind: 'person', remains: expect.arrayContaining(['unread-rooms']) });
    expect(side.chats.told.at(-1)!.text).toContain('the file of a family room is damaged');
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('gets no receipt while something of theirs is left in a room', async () => {
    const write = side.state.vault.write.bind(side.state.vault);
    // It comes back between the two steps.
    side.chats.during.set('removeUpload', () =>
      write(side.state.control.people.systemCaller(side.state.rooms.list()[0]!.tenant), (writer) =>
        writer.noteRoom('$paper', FAMILY, BEN),
      ),
    );
    const { id, dueAt } = side.departures.ask(callerOf(BEN), 'person');
    side.clock.now = dueAt;
    await side.desk.runDue();
    expect(side.state.erasing.book.get(id)).toMatchObject({ state: 'running', receipt: null, attempts: 1 });
    expect(side.chats.told).toEqual([]);
    side.chats.during.clear();
    side.clock.now += HOUR;
    await side.desk.runDue();
    expect(side.state.erasing.book.get(id)!.state).toBe('done');
  });

  test('who left it reads that whoever is there can have their papers forgotten', () => {
    const preview = () => side.departures.preview(callerOf(BEN), 'person');
    const said = () =>
      say('en', 'erase.me-preview', { counts: preview(), wait: 0, confirm: new Markdown('`yes`') }).replaceAll(
        '\n',
        ' ',
      );
    expect(preview()).toMatchObject({ roomPapers: 1, papersAway: 0, roomTurns: 2 });
    expect(said()).toMatch(/2 questions of these you asked in family rooms\..*make me forget there before/);
    stored('s3', [member(BEN, 'leave', { event_id: '$bengone' })]);
    expect(preview()).toMatchObject({ roomPapers: 1, papersAway: 1 });
    expect(said()).toMatch(/It lies in rooms that you are not in any more: whoever is there can make me forget it\./);
    expect(said()).not.toContain('make me forget there before');
  });

  test('takes a room along where nobody else is any more', async () => {
    stored('s3', [member(ADA, 'leave', { event_id: '$adagone' })]);
    const room = roomOf(BEN)!.tenant;
    await eraseBen();
    expect(side.state.rooms.list()).toEqual([]);
    expect(filesOf(room)).toEqual([]);
  });
});
