import { expect, test } from 'vitest';
import { packWords } from '../../../core/ask/pack-words.ts';
import { keepDocument } from '../../../core/ingest/keep-document.ts';
import type { PreparedDocument } from '../../../core/ingest/prepare-document.ts';
import { stageDocument } from '../../../core/ingest/stage-document.ts';
import type { TenantReader, TenantWriter, Vault } from '../../../core/tenant.ts';
import { gramsOf, sampleDocument, samplePassage, seeded } from '../sqlite/sample-documents.ts';
import { openTestState } from '../sqlite/temporary-state.ts';
import { useAda } from '../sqlite/use-ada.ts';

const SEED = 20_261_124;
const PASSAGES = 1100;
const WORDS = 'boiler roof window garden invoice contract kitchen summer winter school doctor train'.split(' ');

const home = useAda();

/** A large document of random words, each passage with a number of its own. */
function large(source: string, name = `${source}.pdf`): PreparedDocument {
  const random = seeded(SEED);
  const passages = Array.from({ length: PASSAGES }, (_, i) => {
    const words = Array.from({ length: 12 }, () => WORDS[Math.floor(random() * WORDS.length)]!);
    return samplePassage(i, `This is the ${words.join(' ')} of number${i}`, [i + 1, 20_000 + (i % 7)]);
  });
  const document = sampleDocument(source, { name, digest: `digest of ${source}` });
  return { document, passages, words: packWords(passages), unreadable: [], scanned: [] };
}

const wordsOf = () => ({ grams: '', pieces: new Uint32Array() });
const keep = (prepared: PreparedDocument) => (writer: TenantWriter) => keepDocument(writer, prepared, wordsOf);
const read = <T>(fn: (reader: TenantReader) => T): T => home().read(fn);

/** What a question would find, by passages' texts, so that stores with other ids compare. */
function found(reader: TenantReader): unknown {
  const hits = reader.lexical([...gramsOf('garden invoice'), 'number777'], 30);
  const texts = reader
    .passages(hits.map(({ passage }) => passage))
    .map(({ text, position, page, language }) => [text, position, page, language]);
  const pieces = [...reader.pieceLists()].map((list) => [...list.pieces]);
  return { scores: hits.map(({ score }) => score), texts, pieces, depth: reader.embeddingDepth('m') };
}

test(`a large document is stored in steps, seen as a whole or not at all, and found as if stored at once (seed ${SEED})`, async () => {
  const steps: unknown[] = [];
  const seen = () =>
    read((reader) => [
      reader.documents().length,
      reader.passageCount(),
      reader.passagesToEmbed('m', 5).length,
      reader.lexical(['number777'], 5).length,
      [...reader.pieceLists()].length,
    ]);
  let isDone = false;
  const storing = stageDocument(
    home().state.vault,
    { caller: home().ada, prepared: large('$large') },
    keep(large('$large')),
  );
  void storing.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    steps.push(seen());
    // Somebody else writes in between.
    home().write((writer) => writer.setSetting('steps', String(steps.length)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { document } = await storing;
  const [unseen, whole] = [
    [0, 0, 0, 0, 0],
    [1, PASSAGES, 5, 1, PASSAGES],
  ];
  expect(steps.length).toBeGreaterThan(3);
  const stored = steps.findIndex((step) => JSON.stringify(step) !== JSON.stringify(unseen));
  expect(stored).toBeGreaterThan(3);
  expect(steps.slice(stored)).toEqual(Array(steps.length - stored).fill(whole));
  expect(seen()).toEqual(whole);
  expect(document.passages).toBe(PASSAGES);

  using other = await openTestState(`${home().place.folder}/other`);
  other.control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  const there = other.control.people.callerFor('@ada:home.test')!;
  other.vault.write(there, keep(large('$large')));
  expect(read(found)).toEqual(other.vault.read(there, found));
});

test('a repeat of the same event changes nothing, and the same bytes by another one are one document', async () => {
  const first = await stageDocument(
    home().state.vault,
    { caller: home().ada, prepared: large('$a') },
    keep(large('$a')),
  );
  const repeat = await stageDocument(
    home().state.vault,
    { caller: home().ada, prepared: large('$a') },
    keep(large('$a')),
  );
  expect(repeat.document.number).toBe(first.document.number);
  const again = { ...large('$b'), document: sampleDocument('$b', { digest: 'digest of $a' }) };
  expect((await stageDocument(home().state.vault, { caller: home().ada, prepared: again }, keep(again))).known).toBe(
    true,
  );
  expect(read((reader) => [reader.documents().length, reader.passageCount()])).toEqual([1, PASSAGES]);
});

test('what is forgotten while it is on its way leaves nothing', async () => {
  const storing = stageDocument(home().state.vault, { caller: home().ada, prepared: large('$a') }, (writer) =>
    writer.wasForgotten('$a') ? 'forgotten' : keepDocument(writer, large('$a'), wordsOf),
  );
  await new Promise((resolve) => setImmediate(resolve));
  home().write((writer) => writer.forgetSource('$a', wordsOf));
  expect(await storing).toBe('forgotten');
  expect(home().write((writer) => writer.dropStaged('$a'))).toBe(true);
  expect(read((reader) => [reader.documents().length, reader.passageCount()])).toEqual([0, 0]);
});

test('what is forgotten while it is on its way is staged no further', async () => {
  let steps = 0;
  const vault: Vault = {
    read: (caller, fn) => home().state.vault.read(caller, fn),
    write: (caller, fn) =>
      home().state.vault.write(caller, (writer) => {
        const stage: TenantWriter['stageDocument'] = (...values) => {
          steps++;
          return writer.stageDocument(...values);
        };
        return fn({ ...writer, stageDocument: stage });
      }),
  };
  const storing = stageDocument(vault, { caller: home().ada, prepared: large('$a') }, () => 'over');
  await new Promise((resolve) => setImmediate(resolve));
  home().write((writer) => writer.forgetSource('$a', wordsOf));
  const before = steps;
  expect(await storing).toBe('over');
  expect([steps, before > 0]).toEqual([before, true]);
});

test('what was staged is made a document of once, and one staged in part is stored whole', () => {
  const write = <T>(fn: (writer: TenantWriter) => T): T => home().write(fn);
  const prepared = large('$a');
  const count = (word: string) => read((reader) => reader.lexical([word], 2000).length);
  while (!write((writer) => writer.stageDocument('$a', prepared)));
  write((writer) => {
    writer.addDocument(prepared.document, prepared);
    // Its document goes, and the same message brings it again before the rest was dropped.
    writer.replaceDocument(1, { number: 9, at: 1 });
    writer.restoreDocument(1, (_document, { text }) => ({ grams: gramsOf(text).join(' '), pieces: Uint32Array.of(1) }));
  });
  expect([count('number777'), read((reader) => reader.passageCount())]).toEqual([1, PASSAGES]);

  const half = large('$b');
  const some = `number${PASSAGES - 1}`;
  // All passages, and a part of the words.
  for (let step = 0; step < 7; step++) expect(write((writer) => writer.stageDocument('$b', half))).toBe(false);
  write((writer) => writer.addDocument(half.document, half));
  while (!write((writer) => writer.dropStaged('$b')));
  for (let i = 0; i < PASSAGES; i += 37) expect(count(`number${i}`), `number${i}`).toBe(2);
  expect([count(some), read((reader) => reader.passageCount())]).toEqual([2, 2 * PASSAGES]);
});

test('what was staged of other words than those that are stored is left out', () => {
  const staged = large('$a');
  while (!home().write((writer) => writer.stageDocument('$a', staged)));
  const passages = ['kettle', 'saucepan', 'ladle'].map((word, at) => samplePassage(at, word));
  home().write((writer) => writer.addDocument(staged.document, passages));
  expect(read((reader) => reader.passagesOf(1).map(({ text }) => text))).toEqual(['kettle', 'saucepan', 'ladle']);
  expect(read((reader) => [reader.lexical(['ladle'], 9).length, reader.lexical(['number2'], 9).length])).toEqual([
    1, 0,
  ]);
});

test('a stop in the middle leaves nothing that anybody sees, and the file comes in by the next try', async () => {
  const prepared = large('$a');
  // As far as some of the grams, then the file is closed as a stop would.
  for (let step = 0; step < 8; step++) home().write((writer) => writer.stageDocument('$a', prepared));
  await home().restart();
  const before = read((reader) => [reader.documents().length, reader.passageCount(), reader.lexical(['number777'], 5)]);
  expect(before).toEqual([0, 0, []]);
  expect(home().write((writer) => writer.dropStaged('$a'))).toBe(true);
  await stageDocument(home().state.vault, { caller: home().ada, prepared }, keep(prepared));
  const found777 = read((reader) => reader.passages(reader.lexical(['number777'], 5).map(({ passage }) => passage)));
  expect(found777.map(({ text }) => text.endsWith('number777'))).toEqual([true]);
});

test('ids of a document that never arrived are not used again', async () => {
  for (let step = 0; step < 3; step++) home().write((writer) => writer.stageDocument('$gone', large('$gone')));
  const other = { ...large('$b'), passages: large('$b').passages.slice(0, 1) };
  const { document } = home().write((writer) =>
    keepDocument(writer, { ...other, words: packWords([samplePassage(0, 'small')]) }, wordsOf),
  );
  const [passage] = read((reader) => reader.passagesOf(document.number));
  expect(passage!.id).toBeGreaterThan(PASSAGES);
});
