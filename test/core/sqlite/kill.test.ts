import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packWords } from '../../../core/ask/pack-words.ts';
import type { TenantId } from '../../../core/caller.ts';
import { killChildren, startChild } from './child.ts';
import { sampleDocument, samplePassage, seeded } from './sample-documents.ts';
import { openRaw, openTestState, temporaryFolder } from './temporary-state.ts';

const SEED = Date.now() % 1_000_000;
const KILLS = 6;
let place: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => {
  killChildren();
  place.remove();
});

async function makeTenant(): Promise<TenantId> {
  using state = await openTestState(place.stateDir);
  state.control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  return state.control.people.find('@ada:home.test')!.tenant;
}

/** Starts the writer, kills it at a random moment after a random number of commits, and returns what it said before. */
async function killedWriter(first: number, random: () => number): Promise<string[]> {
  const child = startChild('tenant-writer', [place.stateDir, String(first)]);
  const lines: string[] = [];
  const commits = 1 + Math.floor(random() * 12);
  while (lines.length < commits) lines.push((await child.nextLine())!);
  // A random moment inside the next commits; any moment is right, none has to be hit.
  await new Promise((resolve) => setTimeout(resolve, random() * 60));
  await child.kill();
  for (let line = await child.nextLine(); line !== undefined; line = await child.nextLine()) lines.push(line);
  return lines;
}

/** Every document is there with everything that belongs to it, and nothing is there that belongs to none. */
function expectWhole(db: Database.Database, message: string): void {
  expect(db.pragma('integrity_check', { simple: true }), message).toBe('ok');
  const torn = db.prepare(
    'SELECT number FROM documents d WHERE passages <> (SELECT count(*) FROM passages WHERE document = d.number)',
  );
  expect(torn.all(), message).toEqual([]);
  const ids = (sql: string) => db.prepare(`${sql} ORDER BY 1`).pluck().all();
  const passages = ids('SELECT id FROM passages');
  // Every block begins with a passage that is there, and holds as many as follow it in its document.
  const blocks = db.prepare('SELECT first_passage AS first, length(lengths) / 2 AS count FROM word_blocks').all() as {
    first: number;
    count: number;
  }[];
  const indexed = blocks.flatMap(({ first, count }) => Array.from({ length: count }, (_, place) => first + place));
  expect(
    indexed.sort((a, b) => a - b),
    message,
  ).toEqual(passages);
  const firsts = blocks.map(({ first }) => first).sort((a, b) => a - b);
  expect(ids('SELECT DISTINCT key % 4294967296 FROM gram_runs'), message).toEqual(firsts);
  expect(ids('SELECT first_passage FROM piece_blocks'), message).toEqual(firsts);
  if (passages.length > 0) expect(ids('SELECT passage FROM whole_vectors_1'), message).toEqual(passages);
  expect(db.prepare('SELECT sum(marked) FROM vector_codes').pluck().get() ?? 0, message).toBe(passages.length);
}

test(`a writer killed with SIGKILL ${KILLS} times leaves whole documents only, and all it had said (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  const tenant = await makeTenant();
  const added = new Set<string>();
  const forgotten = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    for (const line of await killedWriter(kill * 1_000, random)) {
      const [what, source] = line.split(' ') as [string, string];
      if (what === 'added') added.add(source);
      else forgotten.add(source);
    }
    // On a copy, so that the next round starts from the very files that the killed process left.
    const db = await openRaw(place.stateDir, join(place.folder, `copy ${kill}`), tenant);
    expectWhole(db, `seed ${SEED}, kill ${kill}`);
    const stored = new Set(db.prepare('SELECT source FROM documents').pluck().all() as string[]);
    const marked = new Set(db.prepare('SELECT source FROM forgotten_sources').pluck().all() as string[]);
    db.close();
    for (const source of added) expect(stored.has(source) || marked.has(source), source).toBe(true);
    for (const source of forgotten) expect([stored.has(source), marked.has(source)], source).toEqual([false, true]);
  }
  expect(added.size).toBeGreaterThan(KILLS);
});

test(`a process killed in the middle of staging leaves nothing that is found, and the next try brings the document in (seed ${SEED})`, async () => {
  const tenant = await makeTenant();
  const passages = Array.from({ length: 1200 }, (_, i) => samplePassage(i, `a garden wall number${i}`));
  // In the middle of the passages (five steps), and of the words (three or more).
  for (const steps of [2, 6 + Math.floor(seeded(SEED)() * 2)]) {
    const child = startChild('staging-writer', [place.stateDir, '$large', '1200']);
    for (let step = 0; step < steps; step++) expect(await child.nextLine()).toBe('staged');
    await child.kill();
    const db = await openRaw(place.stateDir, join(place.folder, `copy ${steps}`), tenant);
    expect(db.prepare('SELECT count(*) FROM staged_passages').pluck().get()).toBeGreaterThan(0);
    db.close();
    using state = await openTestState(place.stateDir);
    const ada = state.control.people.callerFor('@ada:home.test')!;
    const seen = state.vault.read(ada, (reader) => [
      reader.documents(),
      reader.passageCount(),
      reader.lexical(['garden', 'number777'], 5),
    ]);
    expect(seen).toEqual([[], 0, []]);
  }
  using state = await openTestState(place.stateDir);
  const ada = state.control.people.callerFor('@ada:home.test')!;
  const content = { passages, words: packWords(passages) };
  while (!state.vault.write(ada, (writer) => writer.stageDocument('$large', content)));
  state.vault.write(ada, (writer) => writer.addDocument(sampleDocument('$large'), content));
  while (!state.vault.write(ada, (writer) => writer.dropStaged('$large')));
  const found = state.vault.read(ada, (reader) =>
    reader.passages(reader.lexical(['number777'], 5).map(({ passage }) => passage)).map(({ text }) => text),
  );
  expect(found).toEqual(['a garden wall number777']);
  const db = await openRaw(place.stateDir, join(place.folder, 'copy at last'), tenant);
  for (const table of ['staged_passages', 'staged_documents']) {
    expect(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get(), table).toBe(0);
  }
  expect(db.prepare('SELECT count(*) FROM passages').pluck().get()).toBe(1200);
  db.close();
});

test('two processes that open the same new stores at once both get them', async () => {
  await makeTenant();
  const children = [10_000, 20_000].map((first) => startChild('tenant-writer', [place.stateDir, String(first)]));
  for (const child of children) expect(await child.nextLine()).toMatch(/^added/);
  for (const child of children) await child.kill();
  using state = await openTestState(place.stateDir);
  const ada = state.control.people.callerFor('@ada:home.test')!;
  const numbers = state.vault.read(ada, (reader) => reader.documents().map((document) => document.number));
  expect(new Set(numbers).size).toBe(numbers.length);
}, 60_000);
