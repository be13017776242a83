import { describe, expect, test } from 'vitest';
import { packWords } from '../../../core/ask/pack-words.ts';
import { forgetVersion } from '../../../core/ingest/forget-version.ts';
import { type KeptDocument, keepDocument, keptBefore } from '../../../core/ingest/keep-document.ts';
import { notePassage } from '../../../core/ingest/note-passage.ts';
import type { WordsOf } from '../../../core/tenant.ts';
import { gramsOf, sampleDocument, samplePassage } from '../sqlite/sample-documents.ts';
import { NOW } from '../sqlite/temporary-state.ts';
import { useAda } from '../sqlite/use-ada.ts';

// What becomes of a file that was read: a new document, a new version of one, or one that is there already.

const home = useAda();
const wordsOf: WordsOf = (_document, { text }) => ({ grams: gramsOf(text).join(' '), pieces: Uint32Array.of(1) });
let minutes = 0;

/** Keeps a file with this text; the same text is the same file. */
function keep(source: string, text: string, { name = 'rent.pdf', note = '' } = {}): KeptDocument {
  const addedAt = NOW + 60_000 * ++minutes;
  const document = sampleDocument(source, { name, digest: `digest of ${text}`, note, addedAt });
  const passages = [samplePassage(0, text)];
  if (note !== '')
    passages.push(notePassage({ text: note, label: 'your note' }, 1, (draft) => wordsOf(document, draft)));
  const prepared = { document, passages, words: packWords(passages), unreadable: [], scanned: [] };
  return home().write((writer) => keepDocument(writer, prepared, wordsOf));
}
const toldOf = (source: string) => home().read((reader) => keptBefore(reader, source));
const forget = (number: number) => home().write((writer) => forgetVersion(writer, number, wordsOf));
const numbers = () => home().read((reader) => reader.documents().map(({ number }) => number));
const replaced = () =>
  home().read((reader) => reader.replacedDocuments().map(({ number, replacedBy }) => [number, replacedBy]));

const letter = (rent: number) =>
  `The rent for the flat in Linden Street is ${rent} Euro a month, due on the third day.`;
const statement = (month: string) => `Statement of the account of Ada ${month}: the bank is open from nine to four.`;

describe('a file that came before', () => {
  test('is known by its second message, and says the same when it is asked again', () => {
    keep('$1', letter(900));
    expect(keep('$2', letter(900), { name: 'copy.pdf' })).toMatchObject({ known: true, document: { number: 1 } });
    expect([toldOf('$1')?.known, toldOf('$2')?.known, toldOf('$3')]).toEqual([false, true, undefined]);
    expect(numbers()).toEqual([1]);
  });

  test('by the very same message is what it was then', () => {
    keep('$1', letter(900));
    keep('$2', letter(950));
    expect(keep('$2', letter(950))).toMatchObject({ known: false, document: { number: 2 }, replaced: { number: 1 } });
    expect(keep('$1', letter(900))).toMatchObject({ known: false, document: { number: 1 } });
    expect([numbers(), replaced()]).toEqual([[2], [[1, 2]]]);
  });

  test('has each of its notes once', () => {
    const notes = () =>
      home().read((reader) =>
        reader
          .passagesOf(1)
          .slice(1)
          .map(({ text }) => text),
      );
    keep('$1', letter(900), { note: 'from Frieda' });
    keep('$2', letter(900), { note: 'from Frieda' });
    expect(notes()).toEqual(['from Frieda']);
    keep('$3', letter(900), { note: 'for the landlord' });
    expect(notes()).toEqual(['from Frieda', 'for the landlord']);
  });

  test('and took a place then did not take it by a later message', () => {
    keep('$1', letter(900));
    keep('$2', letter(950));
    keep('$3', letter(950));
    expect(toldOf('$2')).toMatchObject({ known: false, replaced: { number: 1 } });
    expect(toldOf('$3')).toMatchObject({ known: true, replaced: undefined });
  });

  test('and was replaced, by whatever many versions, is current again in place of the last', () => {
    for (const rent of [900, 950, 999]) keep(`$${rent}`, letter(rent));
    expect([numbers(), replaced()]).toEqual([
      [3],
      [
        [1, 2],
        [2, 3],
      ],
    ]);
    const again = keep('$again', letter(900));
    expect(again).toMatchObject({ known: true, document: { number: 1 }, replaced: { number: 3 } });
    expect([numbers(), new Map(replaced() as [number, number][]).get(3)]).toEqual([[1], 1]);
    expect(toldOf('$again')).toMatchObject({ known: true, replaced: { number: 3 } });
  });
});

describe('a file of a name that is there', () => {
  test.each([
    ['whose text is another', 'The choir in Linden Street meets on the third day of a month.'],
    ['that is about another time', `${letter(900)} Paid on 3 May 2024.`],
  ])('%s stands beside it', (_what, text) => {
    keep('$1', `${letter(900)} Paid on 3 April 2024.`);
    // Said, so that nobody takes one for the other.
    expect(keep('$2', text)).toMatchObject({ similar: { number: 1 } });
    expect([numbers(), replaced()]).toEqual([[1, 2], []]);
  });

  test('takes the place of the latest that it may be a version of', () => {
    keep('$1', statement('of 31.1.2024'));
    keep('$2', statement('of 29.2.2024'));
    expect(numbers()).toEqual([1, 2]);
    expect(keep('$3', statement('corrected'))).toMatchObject({ replaced: { number: 2 } });
    expect([numbers(), replaced()]).toEqual([[1, 3], [[2, 3]]]);
  });

  test('but for marks of a copy is like the latest that was there before it', () => {
    keep('$1', letter(900), { name: 'Contract.pdf' });
    keep('$2', letter(950), { name: 'Contract (1).pdf' });
    expect(keep('$3', letter(999), { name: 'Contract v3.pdf' })).toMatchObject({ similar: { number: 2 } });
    expect(toldOf('$1')?.similar).toBeUndefined();
    expect(toldOf('$2')?.similar).toMatchObject({ number: 1 });
    expect(numbers()).toEqual([1, 2, 3]);
  });
});

describe('a version that is forgotten', () => {
  test('brings back the latest that it replaced, when it is the current one', () => {
    keep('$1', letter(900));
    keep('$2', 'The choir meets on Tuesday.', { name: 'choir.pdf' });
    keep('$3', letter(999), { name: 'other.pdf' });
    home().write((writer) => {
      writer.replaceDocument(1, { number: 3, at: NOW });
      writer.replaceDocument(2, { number: 3, at: NOW });
    });
    expect(forget(3)).toMatchObject({ gone: { number: 3 }, back: { number: 2 } });
    expect(numbers()).toEqual([2]);
  });

  test('in the middle brings nothing back', () => {
    for (const rent of [900, 950, 999]) keep(`$${rent}`, letter(rent));
    expect(forget(2)).toMatchObject({ gone: { number: 2 }, back: undefined });
    expect([numbers(), replaced()]).toEqual([[3], [[1, 3]]]);
    expect(forget(2)).toBeUndefined();
    expect(forget(3)?.back).toMatchObject({ number: 1 });
  });
});
