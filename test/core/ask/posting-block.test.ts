import { expect, test } from 'vitest';
import { bucketOf, GRAMS, packPieceBlock, packRuns } from '../../../core/ask/posting-block.ts';
import { BlockCursor, RunCursor } from '../../../core/ask/posting-cursors.ts';
import { seeded } from '../sqlite/sample-documents.ts';

const SEED = Date.now() % 1_000_000;

/** Lists of numbers below `most`, some often, some large, some lists empty. */
function randomLists(random: () => number, most: number): number[][] {
  return Array.from({ length: 1 + Math.floor(random() * 256) }, () =>
    Array.from({ length: Math.floor(random() * 60) }, () =>
      random() < 0.3 ? Math.floor(random() * 10) : Math.floor(random() * most),
    ),
  );
}

/** term -> place -> count, counted plainly. */
function counted(lists: readonly number[][]): Map<number, Map<number, number>> {
  const terms = new Map<number, Map<number, number>>();
  for (const [place, list] of lists.entries()) {
    for (const term of list) {
      const own = terms.get(term) ?? new Map<number, number>();
      terms.set(term, own.set(place, (own.get(place) ?? 0) + 1));
    }
  }
  return terms;
}

test(`runs of grams say which passage holds which term how often (seed ${SEED})`, () => {
  const random = seeded(SEED);
  for (let round = 0; round < 4; round++) {
    const lists = randomLists(random, 2 ** 32);
    const read = new Map<number, Map<number, number>>();
    for (const [bucket, bytes] of packRuns(lists, GRAMS).entries()) {
      const run = new RunCursor(bytes);
      run.open(bucket, GRAMS, [0, bytes.length]);
      while (run.nextTerm()) {
        if (bucketOf(run.term, GRAMS) !== bucket) expect.fail(`term ${run.term} stands in bucket ${bucket}`);
        const own = new Map<number, number>();
        while (run.nextPosting()) own.set(run.place, run.count);
        read.set(run.term, own);
      }
    }
    expect(read).toEqual(counted(lists));
  }
});

test(`a block of pieces is read in order and by piece, in any order, also pieces that no vocabulary has (seed ${SEED})`, () => {
  const random = seeded(SEED + 1);
  for (let round = 0; round < 4; round++) {
    const lists = randomLists(random, round % 2 === 0 ? 185_000 : 2 ** 32);
    const terms = counted(lists);
    const place = { firstPassage: 7, passages: lists.length };
    const inOrder: number[] = [];
    const into = new Uint8Array(256);
    const block = new BlockCursor(packPieceBlock(lists), place);
    while (block.nextTerm()) inOrder.push(block.term);
    expect(inOrder).toEqual([...terms.keys()].sort((a, b) => a - b));
    const asked = [...terms.keys(), 3, 5_000, 184_999, 2 ** 32 - 1, 0].sort(() => random() - 0.5);
    for (const order of [asked, asked.toSorted((a, b) => a - b), inOrder.flatMap((term) => [term, term])]) {
      const wrong = order.filter((term) => {
        const places = into.subarray(0, block.placesOf(term, into));
        return places.join() !== [...(terms.get(term)?.keys() ?? [])].join();
      });
      expect(wrong).toEqual([]);
    }
  }
});

test('no passage, and more than a block holds', () => {
  expect(new BlockCursor(packPieceBlock([]), { firstPassage: 1, passages: 0 }).nextTerm()).toBe(false);
  expect(() => packRuns(Array(257).fill([1]), GRAMS)).toThrow(RangeError);
});
