import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyReceipt } from '../../../core/erase/receipt.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openRaw, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { BEN, BENS_ROOM, CANARY, type EraseSide, fillForBen, openEraseSide } from './erase-side.ts';

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
