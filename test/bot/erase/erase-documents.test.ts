import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EraseDesk } from '../../../bot/erase/erase-desk.ts';
import { verifyReceipt } from '../../../core/erase/receipt.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openRaw, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { BEN, BENS_ROOM, CANARY, type EraseSide, fillForBen, HOUR, openEraseSide } from './erase-side.ts';

let place: ReturnType<typeof temporaryFolder>;
let side: EraseSide;

beforeEach(async () => {
  place = temporaryFolder();
  side = await openEraseSide(place.stateDir);
  fillForBen(side);
});
afterEach(() => {
  side.close();
  place.remove();
});

const ben = () => side.state.control.people.callerFor(BEN)!;

test('all documents of a person go with everything made of them; the person, their settings and their chat stay', async () => {
  side.state.vault.write(ben(), (writer) => {
    for (let number = 0; number < 25; number++)
      writer.addDocument(sampleDocument(`$many${number}`), [samplePassage(0, `${CANARY} ${number}`)]);
    const ids = writer.documents().flatMap(({ number }) => writer.passagesOf(number).map(({ id }) => id));
    writer.putVectors(
      'e5',
      ids.map((passage) => ({ passage, vector: Float32Array.of(1, 0) })),
    );
  });
  const { id } = side.departures.ask(ben(), 'documents');
  await side.desk.runDue();
  expect(side.state.erasing.book.get(id)).toMatchObject({ state: 'done', person: null });
  side.state.vault.read(ben(), (reader) => {
    expect([reader.documents(), reader.replacedDocuments(), reader.badAnswers()]).toEqual([[], [], []]);
    expect(reader.memorySize().turns).toBe(0);
    expect(reader.setting('tone')).toBe(CANARY);
    expect(reader.wasForgotten('$lease:home.test')).toBe(true);
  });
  const { text, room } = side.chats.told[0]!;
  expect(room).toBe(BENS_ROOM);
  const receipt = verifyReceipt(text, side.state.erasing.verifyingKey);
  expect(receipt).toMatchObject({ kind: 'documents', before: { documents: 28, passages: 31, badAnswers: 1 } });
  expect(receipt.before).not.toHaveProperty('settings');
  expect(receipt.after).toEqual({
    ...{ documents: 0, passages: 0, indexed: 0, vectors: 0, turns: 0, badAnswers: 0, lockedFiles: 0, shares: 0 },
  });
  expect(side.chats.done).toEqual([`tell ${BENS_ROOM}`]);
});

test('preview and receipt count the same, only what goes, and say what is true of the rest', async () => {
  const preview = side.departures.preview(ben(), 'documents');
  side.departures.ask(ben(), 'documents');
  await side.desk.runDue();
  const { text } = side.chats.told[0]!;
  const { before, after, remains } = verifyReceipt(text, side.state.erasing.verifyingKey);
  expect(before).toEqual(preview);
  expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
  expect(before).not.toHaveProperty('settings');
  expect(text.split('\n').find((line) => line.startsWith('- gone'))).not.toMatch(/setting|message|sent you/);
  // The person is still here, and so is their name in the trail.
  expect(side.state.control.audit.recent(9).map(({ actor }) => actor)).toContain(BEN);
  expect(remains).toContain('audit-named');
  expect(text).toContain('with your name');
  expect(text).not.toContain('without your name');
  expect(remains).not.toContain('in-rooms');
});

test('answers that wait to be sent go too, and what says that everything goes does not', async () => {
  const audience = { kind: 'direct', person: BEN } as const;
  const message = { room: BENS_ROOM, audience, type: 'm.room.message', content: { body: CANARY } };
  for (const source of ['$asked:home.test', '$lease:home.test'])
    side.outbox.add({ ...message, transaction: `kin.answer ${source}`, source });
  side.outbox.add({ ...message, transaction: 'kin.going', source: '$forgetall:home.test', content: { body: 'going' } });
  side.departures.ask(ben(), 'documents');
  await side.desk.runDue();
  const waiting = side.db
    .prepare("SELECT transaction_id FROM outbox WHERE content IS NOT NULL AND source IS NOT NULL AND state = 'pending'")
    .pluck()
    .all();
  expect(waiting).toEqual(['kin.going']);
  expect(side.outbox.find('kin.answer $asked:home.test')).toMatchObject({ state: 'dropped', content: {} });
});

test('no table of the raw file holds a row of a document any more', async () => {
  side.departures.ask(ben(), 'documents');
  await side.desk.runDue();
  const { tenant } = ben();
  const raw = await openRaw(place.stateDir, join(place.folder, 'copy'), tenant);
  const tables = raw.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  const filled = tables.filter((table) => raw.prepare(`SELECT 1 FROM "${table}" LIMIT 1`).get() !== undefined);
  raw.close();
  // Ids of messages that must not bring a document back, and counters.
  expect(filled.sort()).toEqual(['forgotten_sources', 'settings', 'sqlite_sequence']);
});

test('an erasure of everything takes one of the documents in', async () => {
  const documents = side.departures.ask(ben(), 'documents');
  await side.departures.eraseNow(BEN);
  await side.desk.runDue();
  expect(side.state.erasing.book.get(documents.id)!.state).toBe('done');
  expect(side.state.control.alerts.recent(9).filter(({ code }) => code === 'erase-failing')).toEqual([]);
});

describe('what comes while all documents are being forgotten', () => {
  const turn = (event: string) => ({
    event,
    room: BENS_ROOM,
    question: 'and now?',
    answer: '',
    at: 1,
    passages: [],
    model: null,
  });
  const newFile = () =>
    side.state.vault.write(ben(), (writer) => {
      const { number } = writer.addDocument(sampleDocument('$newfile'), [samplePassage(0, 'a new paper')]);
      const [passage] = writer.passagesOf(number);
      writer.putVectors('e5', [{ passage: passage!.id, vector: Float32Array.of(1, 0) }]);
    });
  const names = () => side.state.vault.read(ben(), (reader) => reader.documents().map(({ source }) => source));
  /** A desk whose outside index takes its time: the first `during` happens meanwhile. */
  function deskWithIndex(during: () => void) {
    let calls = 0;
    const index = { bringInLine: async () => void (calls++ === 0 && during()), dropGone: async () => {} };
    return new EraseDesk({ ...side.parts, index }, new AbortController().signal);
  }
  const state = (id: number) => side.state.erasing.book.get(id)!.state;
  const receipt = () => verifyReceipt(side.chats.told.at(-1)!.text, side.state.erasing.verifyingKey);

  test('stays, and keeps nothing from its end', async () => {
    const desk = deskWithIndex(() => {
      newFile();
      side.state.vault.write(ben(), (writer) => writer.addTurn(turn('$new')));
      side.db.prepare("INSERT INTO locked_files VALUES ('$locked', ?, ?, 1, 1, '{}')").run(BENS_ROOM, BEN);
    });
    const { id } = side.departures.ask(ben(), 'documents');
    await desk.runDue();
    expect(state(id)).toBe('done');
    expect(names()).toEqual(['$newfile']);
    expect(side.state.vault.read(ben(), (reader) => reader.memorySize().turns)).toBe(1);
    expect(side.db.prepare('SELECT event_id FROM locked_files').pluck().all()).toEqual(['$locked']);
    expect(receipt()).toMatchObject({
      before: { documents: 3 },
      after: { documents: 0, passages: 0, indexed: 0, vectors: 0 },
    });
  });

  test('of what was there before is forgotten when it is found', async () => {
    // An answer to a question of before, which ends late.
    const desk = deskWithIndex(() => {
      newFile();
      side.state.vault.write(ben(), (writer) => writer.addTurn(turn('$unread:home.test')));
    });
    const { id } = side.departures.ask(ben(), 'documents');
    await desk.runDue();
    expect(side.state.erasing.book.get(id)).toMatchObject({ state: 'running', attempts: 1, receipt: null });
    expect(side.chats.told).toEqual([]);
    side.clock.now = side.state.erasing.book.get(id)!.nextAt;
    await desk.runDue();
    expect(state(id)).toBe('done');
    expect(side.state.vault.read(ben(), (reader) => reader.memorySize().turns)).toBe(0);
    // Done again, it still takes nothing that came later.
    expect(names()).toEqual(['$newfile']);
  });

  test.each(['documents', 'badAnswers'])('is not signed as gone where %s of before are left', async (what) => {
    const [tenant, late] = [ben().tenant, { ...turn('$asked:home.test') }];
    const desk = deskWithIndex(() =>
      side.state.vault.write(ben(), (writer) => {
        if (what === 'badAnswers') writer.addBadAnswer(late);
        else writer.copyDocument({ ...sampleDocument('$back'), number: 1, sources: [] }, [samplePassage(0, CANARY)]);
      }),
    );
    const { id } = side.departures.ask(ben(), 'documents');
    await desk.runDue();
    expect(side.state.erasing.book.get(id)).toMatchObject({ state: 'running', receipt: null });
    side.clock.now += HOUR;
    await desk.runDue();
    expect(state(id)).toBe('done');
    expect(side.state.erasing.inventory(tenant).counts).toMatchObject({ [what]: 0 });
  });

  test('goes with a second wish, which begins anew and gets a receipt of both', async () => {
    let again: number | undefined;
    const desk = deskWithIndex(() => {
      newFile();
      again = side.departures.ask(ben(), 'documents').id;
    });
    const { id } = side.departures.ask(ben(), 'documents');
    await desk.runDue();
    expect([again, state(id)]).toEqual([id, 'done']);
    expect(names()).toEqual([]);
    expect(receipt().before).toMatchObject({ documents: 4, passages: 7, vectors: 1 });
  });

  test('a second wish ends the pause after a failure', async () => {
    const desk = deskWithIndex(() => {
      throw new Error('away');
    });
    const { id } = side.departures.ask(ben(), 'documents');
    await desk.runDue();
    expect(state(id)).toBe('running');
    newFile();
    side.departures.ask(ben(), 'documents');
    await desk.runDue();
    expect([state(id), names()]).toEqual(['done', []]);
  });
});

test('files that are being read are stopped before anything is counted', async () => {
  const stopped: string[] = [];
  const stopReading = async (person: string) => {
    stopped.push(person);
    side.state.vault.write(ben(), (writer) => writer.addDocument(sampleDocument('$late'), [samplePassage(0, 'late')]));
  };
  const work = { stopAll: async () => {}, stopReading };
  side.departures.ask(ben(), 'documents');
  await new EraseDesk({ ...side.parts, work }, new AbortController().signal).runDue();
  expect(stopped).toEqual([BEN]);
  expect(side.state.vault.read(ben(), (reader) => reader.documents())).toEqual([]);
});
