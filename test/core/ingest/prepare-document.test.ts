import { expect, test } from 'vitest';
import { gramTerm } from '../../../core/ask/lexical-score.ts';
import { bucketOf, GRAMS, runAt } from '../../../core/ask/posting-block.ts';
import { BlockCursor, RunCursor } from '../../../core/ask/posting-cursors.ts';
import type { WordBlock } from '../../../core/document.ts';
import { prepareDocument } from '../../../core/ingest/prepare-document.ts';
import { makePdf } from './make-pdf.ts';
import { LIMITS } from './reading.ts';

const gramsOf = (text: string) => text.toLowerCase().split(/\s+/);
const encoder = { pieces: (text: string) => Uint32Array.of(text.length) };
const options = { limits: LIMITS, gramsOf, encoder };

/** Places of the passages that are found by a word. */
function passagesWith(words: readonly WordBlock[], word: string): number[] {
  const term = gramTerm(word);
  const bucket = bucketOf(term, GRAMS);
  const places: number[] = [];
  for (const { grams } of words) {
    const run = runAt(grams, bucket, GRAMS);
    const cursor = new RunCursor(run);
    cursor.open(bucket, GRAMS, [0, run.length]);
    while (cursor.nextTerm()) while (cursor.term === term && cursor.nextPosting()) places.push(cursor.place);
  }
  return places;
}

test('the bytes of a file are let go once they are read', async () => {
  const file = { bytes: Buffer.from('Some words.'), name: 'a.txt', source: '$e', addedAt: 0 };
  const { document } = await prepareDocument(file, {
    ...options,
    gramsOf: (text) => {
      expect(file.bytes).toHaveLength(0);
      return gramsOf(text);
    },
  });
  expect(document.bytes).toBe(11);
});

test('a document is ready to be stored: pages, passages, words of name and text', async () => {
  const bytes = makePdf([['The boiler was serviced.'], ['Next service in May.']]);
  const { document, passages, words, unreadable } = await prepareDocument(
    { bytes: Uint8Array.from(bytes), name: 'x/Boiler\u202e.pdf', source: '$e', addedAt: 7 },
    options,
  );
  expect(document).toEqual({
    source: '$e',
    name: 'Boiler .pdf',
    kind: 'pdf',
    bytes: bytes.length,
    pages: 2,
    addedAt: 7,
  });
  expect(unreadable).toEqual([]);
  expect(passages.map(({ position, page, text }) => [position, page, text])).toEqual([
    [0, '1', 'The boiler was serviced.'],
    [1, '2', 'Next service in May.'],
  ]);
  expect(passagesWith(words, 'boiler')).toEqual([0, 1]);
  expect(passagesWith(words, 'service')).toEqual([1]);
  const pieces = new BlockCursor(words[0]!.pieces, { firstPassage: 0, passages: 2 });
  const places = new Uint8Array(256);
  const held = pieces.placesOf('Boiler .pdf\n\nNext service in May.'.length, places);
  expect([...places.subarray(0, held)]).toEqual([1]);
});

test('the words of many passages come in blocks, each with its own', async () => {
  const paragraphs = Array.from({ length: 300 }, (_, i) => `only${i} ${'filler '.repeat(110)}`);
  const bytes = Buffer.from(paragraphs.join('\n\n'));
  const { passages, words } = await prepareDocument({ bytes, name: 'a.txt', source: '$e', addedAt: 0 }, options);
  expect(passages).toHaveLength(300);
  expect(words.map(({ lengths }) => lengths.length / 2)).toEqual([256, 44]);
  expect(passagesWith(words, 'only255')).toEqual([255]);
  expect(passagesWith(words, 'only256')).toEqual([0]);
});

test('headings are words of the passage too', async () => {
  const bytes = Buffer.from(`# Insurance\n\n${'word '.repeat(200)}\n\n## Fire\n\n${'word '.repeat(200)}`);
  const { passages, words } = await prepareDocument({ bytes, name: 'a.md', source: '$e', addedAt: 0 }, options);
  expect(passages.at(-1)!.heading).toBe('Insurance › Fire');
  const last = passages.length - 1;
  for (const word of ['a.md', 'insurance', 'fire']) expect(passagesWith(words, word)).toContain(last);
  expect(passagesWith(words, 'fire')).not.toContain(0);
});

test('it stops when it is told to while it makes words', async () => {
  const stop = new AbortController();
  let calls = 0;
  const slow = (text: string) => {
    if (++calls === 5) stop.abort(new Error('redacted'));
    return gramsOf(text);
  };
  const bytes = Buffer.alloc(5_000_000, 'A sentence stands here. ');
  const file = { bytes, name: 'a.txt', source: '$e', addedAt: 0 };
  await expect(prepareDocument(file, { ...options, gramsOf: slow, signal: stop.signal })).rejects.toThrow('redacted');
  expect(calls).toBeLessThan(6000);
});
