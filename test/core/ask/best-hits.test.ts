import { expect, test } from 'vitest';
import { BestHits } from '../../../core/ask/best-hits.ts';
import { seeded } from '../sqlite/sample-documents.ts';

const SEED = 20_261_124;

test(`the best of many scores, as a plain sort finds them (seed ${SEED})`, () => {
  const random = seeded(SEED);
  for (const [count, limit] of [
    [3, 10],
    [10, 10],
    [1000, 1],
    [5000, 400],
    [5000, 100],
  ] as const) {
    const scores = Array.from({ length: count }, () => random() - 0.5);
    const best = new BestHits(limit);
    for (const [passage, score] of scores.entries()) if (score > best.floor) best.offer(passage, score);
    const expected = [...scores.entries()]
      .sort((a, b) => b[1] - a[1])
      .slice(0, limit)
      .map(([passage, score]) => ({ passage, score }));
    expect(best.sorted()).toEqual(expected);
    expect([...best.ids()]).toEqual(expected.map(({ passage }) => passage).sort((a, b) => a - b));
  }
});

test('of equal scores those that came first stay, in the order of their ids; none at all of a limit of 0', () => {
  const best = new BestHits(3);
  for (const passage of [9, 5, 7, 1, 2]) best.offer(passage, 0.5);
  expect(best.sorted().map(({ passage }) => passage)).toEqual([5, 7, 9]);
  const none = new BestHits(0);
  none.offer(1, 1);
  expect(none.sorted()).toEqual([]);
  expect(1 > none.floor).toBe(false);
});
