import { expect, test } from 'vitest';
import { KeyedWords } from '../../../core/qdrant/keyed-words.ts';

const make = () => new KeyedWords(new Uint8Array(32).fill(1));
const filler = (count: number) => Array.from({ length: count }, (_, i) => `filler ${i}`);
/** The weight of a gram in a passage. */
function weight(gram: string, grams: readonly string[]): number {
  const words = make();
  const { indices, values } = words.ofPassage(grams);
  return values[indices.indexOf(words.ofQuestion([gram]).indices[0]!)]!;
}

test('a gram weighs more the more often it stands there, ever less so, and less among many others', () => {
  const often = [1, 2, 3].map((times) => weight('tax', [...Array(times).fill('tax'), ...filler(100 - times)]));
  expect(often[1]! - often[0]!).toBeGreaterThan(often[2]! - often[1]!);
  expect(often[2]).toBeGreaterThan(often[1]!);
  expect(weight('tax', ['tax', ...filler(899)])).toBeLessThan(often[0]!);
  // In a passage of middling length once is worth 1, as in BM25.
  expect(weight('tax', ['tax', ...filler(499)])).toBeCloseTo(1, 9);
  expect(weight('tax', ['tax', 'tax', ...filler(498)])).toBeCloseTo(4.4 / 3.2, 9);
});

test('numbers stand in their own order, which tells nothing of the text’s', () => {
  for (const { indices } of [make().ofPassage(filler(60)), make().ofQuestion(filler(60))]) {
    expect(indices).toHaveLength(60);
    expect(indices).toEqual(indices.toSorted((a, b) => a - b));
  }
});

test('words of a question count once each', () => {
  expect(make().ofQuestion(['tax', 'tax', 'rent']).values).toEqual([1, 1]);
});
