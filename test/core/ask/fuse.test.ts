import { expect, it } from 'vitest';
import { fuseSignals, levelGroups } from '../../../core/ask/fuse.ts';

const hits = (...scores: [number, number][]) => scores.map(([passage, score]) => ({ passage, score }));

it('adds min-max scores by weight, and a signal that did not return a passage counts as its worst', () => {
  const fused = fuseSignals([
    { hits: hits([1, 20], [2, 10], [3, 0]), weight: () => 0.4 },
    { hits: hits([3, 0.9], [2, 0.8], [4, 0.7]), weight: () => 0.6 },
  ]);
  expect(fused.map(({ passage, score }) => [passage, Number(score.toFixed(3))])).toEqual([
    [3, 0.6],
    [2, 0.5],
    [1, 0.4],
    [4, 0],
  ]);
});

it('keeps how sure a signal is, which ranks would lose', () => {
  const sure = hits([1, 100], [2, 1], [3, 0]);
  const vague = hits([2, 0.5], [1, 0.4999], [3, 0]);
  const fused = fuseSignals([
    { hits: sure, weight: () => 0.5 },
    { hits: vague, weight: () => 0.5 },
  ]);
  expect(fused[0]?.passage).toBe(1);
});

it('is unchanged by a signal without hits, and takes a single hit as full score', () => {
  expect(
    fuseSignals([
      { hits: [], weight: () => 1 },
      { hits: hits([7, -3]), weight: () => 0.5 },
    ]),
  ).toEqual(hits([7, 0.5]));
  expect(fuseSignals([])).toEqual([]);
});

it('weighs by passage', () => {
  const fused = fuseSignals([{ hits: hits([1, 10], [2, 9], [3, 0]), weight: (passage) => (passage === 1 ? 0.1 : 1) }]);
  expect(fused[0]?.passage).toBe(2);
});

it('levels groups: what stands out among its own comes first', () => {
  const scores = hits(...[0.8, 0.79, 0.78, 0.77, 0.76, 0.75].map((score, i): [number, number] => [i, score]));
  const foreign = hits([10, 0.5], [11, 0.2], [12, 0.2], [13, 0.2], [14, 0.2]);
  const levelled = levelGroups([...scores, ...foreign], (passage) => (passage >= 10 ? 'tr' : 'en'));
  expect(levelled[0]?.passage).toBe(10);
  expect(levelled.slice(1, 4).map((hit) => hit.passage)).toEqual([0, 1, 2]);
  expect(levelGroups([], () => '')).toEqual([]);
});
