import { expect, test } from 'vitest';
import type { WordsOf } from '../../../core/tenant.ts';
import { gramsOf, sampleDocument, samplePassage } from './sample-documents.ts';
import { NOW } from './temporary-state.ts';
import { useTwoPeople } from './two-people.ts';

// Several messages of one document, and its earlier versions.

const { people, read, write } = useTwoPeople();
const wordsOf: WordsOf = (_document, { text }) => ({ grams: gramsOf(text).join(' '), pieces: Uint32Array.of(7) });
const add = (source: string, text: string, changes = {}) =>
  write((writer) => writer.addDocument(sampleDocument(source, changes), [samplePassage(0, text)]));
const found = (word: string) => read((reader) => reader.passages(reader.lexical([word], 9).map((hit) => hit.passage)));

test('a document goes with the last of its messages, and none of them may come back', () => {
  add('$1', 'tariff', { digest: 'aa' });
  write((writer) => writer.addSource(1, { source: '$2', addedAt: NOW + 1 }));
  expect(read((reader) => reader.documentBySource('$2')?.number)).toBe(1);
  write((writer) => writer.forgetSource('$1', wordsOf));
  expect(read((reader) => [reader.document(1)?.source, reader.wasForgotten('$1'), reader.sourcesOf(1)])).toEqual([
    '$2',
    true,
    [{ source: '$2', addedAt: NOW + 1, note: '' }],
  ]);
  expect(() => add('$1', 'tariff')).toThrow(expect.objectContaining({ reason: 'source-forgotten' }));
  write((writer) => writer.forgetSource('$2', wordsOf));
  expect(read((reader) => [reader.documents(), reader.documentByDigest('aa'), reader.passageCount()])).toEqual([
    [],
    undefined,
    0,
  ]);
});

test('forgetting a document by its number forgets all its messages', () => {
  add('$1', 'tariff');
  write((writer) => writer.addSource(1, { source: '$2', addedAt: NOW }));
  write((writer) => writer.forgetDocument(1));
  expect(read((reader) => ['$1', '$2'].map((source) => reader.wasForgotten(source)))).toEqual([true, true]);
});

test('a replaced document is in no index, keeps its text, and comes back under its number', () => {
  add('$1', 'tariff', { digest: 'aa', note: 'mine' });
  add('$2', 'newer');
  write((writer) => writer.putVectors('m', [{ passage: 1, vector: Float32Array.of(1, 0, 0, 0) }]));
  write((writer) => writer.replaceDocument(1, { number: 2, at: NOW + 5 }));
  expect(found('tariff')).toEqual([]);
  read((reader) => {
    expect(reader.documents().map(({ number }) => number)).toEqual([2]);
    expect(reader.passageCount()).toBe(1);
    expect([...reader.pieceLists()]).toHaveLength(1);
    expect(reader.dense('m', Float32Array.of(1, 0, 0, 0), 5)).toEqual([]);
    expect(reader.passagesToEmbed('m', 9).map(({ document }) => document)).toEqual([2]);
    expect(reader.replacedDocuments()).toMatchObject([{ number: 1, replacedBy: 2, replacedAt: NOW + 5, note: 'mine' }]);
    expect(reader.documentBySource('$1')?.number).toBe(1);
    expect(reader.documentByDigest('aa')?.number).toBe(1);
    expect(reader.passagesOf(1)).toMatchObject([{ text: 'tariff', page: '1', heading: 'Letters › Insurance' }]);
  });
  expect(write((writer) => writer.restoreDocument(1, wordsOf))).toMatchObject({
    number: 1,
    note: 'mine',
    digest: 'aa',
  });
  expect(found('tariff')).toMatchObject([{ document: 1, text: 'tariff' }]);
  expect(read((reader) => reader.replacedDocuments())).toEqual([]);
  expect(write((writer) => writer.restoreDocument(1, wordsOf))).toBeUndefined();
  expect(add('$3', 'third').number).toBe(3);
});

test('a document that comes back is found by the words of its note again', () => {
  add('$1', 'tariff', { note: 'frieda' });
  add('$2', 'newer');
  write((writer) => writer.replaceDocument(1, { number: 2, at: NOW + 5 }));
  const noted: WordsOf = ({ note = '' }, { heading, text }) =>
    wordsOf({ name: '' }, { heading, text: `${note} ${text}` });
  write((writer) => writer.restoreDocument(1, noted));
  expect(found('frieda')).toMatchObject([{ document: 1, text: 'tariff' }]);
});

test('a replaced version has the next of its messages as its source when the first is forgotten', () => {
  add('$1', 'tariff');
  add('$2', 'newer');
  write((writer) => {
    writer.addSource(1, { source: '$again', addedAt: NOW + 1 });
    writer.replaceDocument(1, { number: 2, at: NOW + 5 });
    writer.forgetSource('$1', wordsOf);
  });
  expect(read((reader) => reader.replacedDocuments().map(({ source }) => source))).toEqual(['$again']);
});

test('a forgotten version in the middle leaves its neighbours linked; what was replaced by a gone one finds its heir', () => {
  for (const n of [1, 2, 3]) add(`$${n}`, `text ${n}`);
  write((writer) => writer.replaceDocument(1, { number: 2, at: NOW }));
  write((writer) => writer.replaceDocument(2, { number: 3, at: NOW }));
  write((writer) => writer.forgetDocument(2));
  const links = () =>
    read((reader) => reader.replacedDocuments().map(({ number, replacedBy }) => [number, replacedBy]));
  expect(links()).toEqual([[1, 3]]);
  expect(read((reader) => [reader.wasForgotten('$2'), reader.passagesOf(2)])).toEqual([true, []]);
  add('$4', 'text 4');
  write((writer) => writer.replaceDocument(4, { number: 3, at: NOW }));
  write((writer) => {
    writer.forgetDocument(3);
    writer.restoreDocument(4, wordsOf);
  });
  expect(links()).toEqual([[1, 4]]);
});

test('a note is a passage of its own, and shown with the document', () => {
  add('$1', 'tariff');
  write((writer) => writer.addNote(1, 'from Frieda', { ...samplePassage(1, 'from frieda'), page: 'your note' }));
  expect(found('frieda')).toMatchObject([{ document: 1, page: 'your note' }]);
  write((writer) => writer.addNote(1, 'urgent', { ...samplePassage(2, 'urgent'), page: 'your note' }));
  expect(read((reader) => reader.document(1))).toMatchObject({ note: 'from Frieda\nurgent', passages: 3 });
});

/** Two messages of one file with a note each; words count as they do when a file is kept. */
function addNoted(): void {
  const noted: WordsOf = ({ note = '' }, { text }) => ({
    ...wordsOf({ name: '' }, { heading: '', text: `${note} ${text}` }),
  });
  const passage = (position: number, text: string, note: string, page = String(position + 1)) => ({
    ...samplePassage(position, text),
    ...(page === 'your note' && { heading: '' }),
    page,
    ...noted({ name: '', note }, { heading: '', text }),
  });
  write((writer) => {
    writer.addDocument(sampleDocument('$1', { digest: 'aa', note: 'frieda' }), [
      passage(0, 'tariff', 'frieda'),
      passage(1, 'frieda', 'frieda', 'your note'),
    ]);
    writer.addSource(1, { source: '$2', addedAt: NOW + 1, note: 'urgent' });
    writer.addNote(1, 'urgent', passage(2, 'urgent', '', 'your note'));
    writer.putVectors(
      'm',
      [1, 2, 3].map((id) => ({ passage: id, vector: Float32Array.of(id, 0, 0, 0) })),
    );
  });
}

test('a note goes with the message that it was written in: from text, words and vectors, and not the other one', () => {
  addNoted();
  expect(found('frieda').map(({ text }) => text)).toEqual(['frieda', 'tariff']);
  expect(write((writer) => writer.forgetSource('$1', wordsOf))).toBe(true);
  expect(found('frieda')).toEqual([]);
  expect(found('urgent')).toMatchObject([{ document: 1, text: 'urgent', position: 1 }]);
  expect(found('tariff')).toMatchObject([{ document: 1, position: 0 }]);
  read((reader) => {
    expect(reader.document(1)).toMatchObject({ number: 1, source: '$2', note: 'urgent', passages: 2 });
    expect(reader.passagesOf(1).map(({ text }) => text)).toEqual(['tariff', 'urgent']);
    expect([...reader.pieceLists()]).toHaveLength(2);
    expect(reader.dense('m', Float32Array.of(1, 0, 0, 0), 9)).toEqual([]);
    expect(reader.passagesToEmbed('m', 9)).toHaveLength(2);
    expect(reader.documentByDigest('aa')?.number).toBe(1);
  });
  // A later note finds its place.
  write((writer) => writer.addNote(1, 'again', { ...samplePassage(2, 'again'), page: 'your note' }));
  expect(found('again')).toMatchObject([{ position: 2 }]);
});

test('a note that another message says too stays', () => {
  addNoted();
  write((writer) => writer.addSource(1, { source: '$3', addedAt: NOW + 2, note: 'frieda' }));
  expect(write((writer) => writer.forgetSource('$1', wordsOf))).toBe(false);
  expect(found('frieda')).not.toEqual([]);
  expect(write((writer) => writer.forgetSource('$3', wordsOf))).toBe(true);
  expect(found('frieda')).toEqual([]);
});

test('of what says the same as a note only the note goes', () => {
  const noted = sampleDocument('$1', { note: 'frieda' });
  const plain = { ...samplePassage(0, 'frieda'), heading: '' };
  write((writer) => writer.addDocument(noted, [plain, { ...plain, position: 1, page: 'your note' }]));
  add('$3', 'frieda', { note: 'frieda' });
  write((writer) => {
    for (const [number, source] of [
      [1, '$2'],
      [2, '$4'],
    ] as const)
      writer.addSource(number, { source, addedAt: NOW + 1 });
    for (const source of ['$1', '$3']) expect(writer.forgetSource(source, wordsOf)).toBe(true);
  });
  expect(read((reader) => reader.passagesOf(1).map(({ page }) => page))).toEqual(['1']);
  // Under a heading stands what a file says.
  expect(read((reader) => reader.passagesOf(2).map(({ text }) => text))).toEqual(['frieda']);
});

test('what is said of documents that are not there, or not current, or of one and itself, is passed over', () => {
  add('$1', 'tariff');
  add('$2', 'newer');
  write((writer) => {
    writer.addSource(9, { source: '$9', addedAt: NOW });
    writer.replaceDocument(2, { number: 2, at: NOW });
    writer.replaceDocument(1, { number: 2, at: NOW });
    writer.addNote(1, 'frieda', { ...samplePassage(1, 'frieda'), page: 'your note' });
  });
  expect(found('frieda')).toEqual([]);
  read((reader) => {
    expect([reader.sourcesOf(9), reader.documents().map(({ number }) => number)]).toEqual([[], [2]]);
    expect(reader.passagesOf(1).map(({ text }) => text)).toEqual(['tariff']);
  });
});

test('a note of an earlier version goes too, and does not come back with it', () => {
  addNoted();
  add('$other', 'newer');
  write((writer) => writer.replaceDocument(1, { number: 2, at: NOW }));
  expect(write((writer) => writer.forgetSource('$1', wordsOf))).toBe(true);
  read((reader) => {
    expect(reader.passagesOf(1).map(({ text }) => text)).toEqual(['tariff', 'urgent']);
    expect(reader.replacedDocuments()).toMatchObject([{ number: 1, note: 'urgent', passages: 2 }]);
  });
  write((writer) => writer.restoreDocument(1, wordsOf));
  expect(found('frieda')).toEqual([]);
  expect(read((reader) => reader.passagesOf(1).map(({ position }) => position))).toEqual([0, 1]);
});

test('nothing of it shows to another tenant', () => {
  add('$1', 'tariff', { digest: 'aa' });
  add('$2', 'newer');
  write((writer) => writer.replaceDocument(1, { number: 2, at: NOW }));
  people().state.vault.read(people().ben, (reader) => {
    expect([reader.replacedDocuments(), reader.passagesOf(1), reader.sourcesOf(1)]).toEqual([[], [], []]);
    expect([reader.documentByDigest('aa'), reader.documentBySource('$1')]).toEqual([undefined, undefined]);
    expect(reader.documentDepth('m', 2)).toEqual({ embedded: 0, passages: 0 });
  });
  expect(people().state.vault.write(people().ben, (writer) => writer.restoreDocument(1, wordsOf))).toBeUndefined();
});
