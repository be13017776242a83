import { afterEach, beforeEach, expect, test } from 'vitest';
import { RoomBook } from '../../bot/matrix/room-book.ts';
import { tellPapersBack, tellRestored } from '../../bot/restored-desk.ts';
import { tellPerson } from '../../bot/tell-person.ts';
import { notePapersComing, settleComing } from '../../core/backup/papers-back.ts';
import { noteRestored, readRestored } from '../../core/backup/restored.ts';
import { keepTestQuestions } from '../../core/backup/test-question.ts';
import { apiKeyMark } from '../../core/living-api-keys.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import { sampleDocument, samplePassage } from '../core/sqlite/sample-documents.ts';
import { NOW, temporaryFolder } from '../core/sqlite/temporary-state.ts';
import { BEN, BENS_ROOM, type EraseSide, fillForBen, openEraseSide } from './erase/erase-side.ts';
import { BOT } from './matrix/sample-events.ts';

const vectors = loadTokenVectors();
let place: ReturnType<typeof temporaryFolder>;
let side: EraseSide;
beforeEach(async () => {
  place = temporaryFolder();
  side = await openEraseSide(place.stateDir);
  fillForBen(side);
  side.db.prepare('DELETE FROM outbox').run();
});
afterEach(() => {
  side.close();
  place.remove();
});

function parts() {
  const { state, outbox, db } = side;
  const where = { own: BOT, rooms: new RoomBook(db), outbox, people: state.control.people };
  const tell: Parameters<typeof tellRestored>[0]['tell'] = (person, telling) =>
    tellPerson({ ...where, isShared: () => false, wake: () => {} }, person, telling);
  return { ...{ state, outbox, vectors, wake: () => {}, clock: () => NOW }, tell };
}
const tell = () => tellRestored(parts());
const tellBack = () => tellPapersBack(parts());
const queued = () =>
  (
    side.db.prepare('SELECT room_id, content FROM outbox ORDER BY id').all() as { room_id: string; content: string }[]
  ).map(({ room_id, content }) => ({ room: room_id, text: JSON.parse(content).body as string }));

test('after a restore everybody with a chat hears of it once, and the ops room how it proved itself', () => {
  const { state } = side;
  keepTestQuestions(state, { vectors, now: NOW });
  state.control.facts.set('ops-room', '!ops');
  const { apiKeys, people } = state.control;
  const ben = people.callerFor(BEN)!;
  const keep = (name: string) =>
    apiKeys.make(ben, { name, scopes: ['upload'], endsAt: NOW + 1000, source: `$${name}` }).key;
  const [scanner] = [keep('scanner'), keep('other')];
  const restored = { madeAt: NOW - 86_400_000, restoredAt: NOW, endedKeys: [apiKeyMark(ben, scanner)] };
  noteRestored(state.control.facts, restored);
  tell();
  // Killed after the words were queued, before that was noted.
  noteRestored(state.control.facts, restored);
  tell();
  expect(readRestored(state.control.facts)).toBeUndefined();
  const [toBen, toOps, ...more] = queued();
  expect(more).toEqual([]);
  expect(toBen).toMatchObject({
    room: BENS_ROOM,
    text: expect.stringMatching(
      /restored from a backup of 14 Jan 2027.*Your API key “scanner” has ended.*!apikey new scanner makes a new one/,
    ),
  });
  expect(toOps?.room).toBe('!ops');
  expect(toOps?.text).toMatch(/1 of 2 people told/);
  expect(toOps?.text).toMatch(/(\d+) of \1 test questions? answered/);
});

test('the ops room reads it in its first admin’s language', () => {
  const { people, facts } = side.state.control;
  people.setLanguage(people.list().find(({ role }) => role === 'admin')!.id, 'de');
  noteRestored(facts, { madeAt: NOW - 86_400_000, restoredAt: NOW, endedKeys: [] });
  tell();
  expect(queued().at(-1)?.text).toMatch(/^Wiederhergestellt aus der Sicherung vom/);
});

test('whose papers came out of a backup hears of it once, in their own chat', () => {
  const { state } = side;
  const ben = state.control.people.callerFor(BEN)!;
  const bring = (name: string, alsoForgotten: boolean) => {
    notePapersComing(state, ben, { madeAt: NOW - 86_400_000, at: NOW, alsoForgotten });
    state.vault.write(ben, (writer) => writer.addDocument(sampleDocument(name), [samplePassage(0, name)]));
  };
  bring('$one', true);
  settleComing(state, ben);
  // Killed right after the papers were in.
  bring('$two', false);
  tellBack();
  tellBack();
  expect(state.control.audit.recent(9).filter(({ action }) => action === 'data.restored')).toHaveLength(2);
  expect(queued()).toEqual([
    {
      room: BENS_ROOM,
      text: expect.stringMatching(
        /2 papers of yours back from the backup of 14 Jan 2027.*also what you had had forgotten/,
      ),
    },
  ]);
});

test('of papers that did not come nobody hears', () => {
  const ben = side.state.control.people.callerFor(BEN)!;
  notePapersComing(side.state, ben, { madeAt: NOW - 86_400_000, at: NOW, alsoForgotten: false });
  tellBack();
  expect(queued()).toEqual([]);
  expect(side.state.control.audit.recent(9).filter(({ action }) => action === 'data.restored')).toEqual([]);
});

test('a household that was not restored says nothing', () => {
  tell();
  expect(queued()).toEqual([]);
});
