import { expect, it } from 'vitest';
import { spreadOut } from '../../../core/ask/spread.ts';
import { passage } from './household.ts';

const found = (...rows: [number, string, number][]) =>
  rows.map(([document, page, score], id) => ({ passage: passage('', { id, document, page }), score }));
const places = (limit: number, ...rows: [number, string, number][]) =>
  spreadOut(found(...rows), limit).map(({ passage: { document, page } }) => `${document}:${page}`);

it('lets a page that is nearly as good stand before the third passage of one page', () => {
  expect(places(9, [1, '1', 1], [1, '1', 0.98], [1, '1', 0.97], [2, '1', 0.9], [1, '2', 0.89])).toEqual([
    '1:1',
    '1:1',
    '2:1',
    '1:2',
    '1:1',
  ]);
});

it('keeps an order without rivals, goes by score, and stops at its limit', () => {
  expect(places(9, [1, '1', 1], [1, '1', 0.9], [2, '1', 0.2])).toEqual(['1:1', '1:1', '2:1']);
  expect(places(1, [1, '1', 1], [1, '1', 0.9])).toEqual(['1:1']);
  const scores = spreadOut(found([1, '1', 1], [1, '1', 0.99], [1, '2', 0.97]), 9).map(({ score }) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(spreadOut([], 5)).toEqual([]);
});

it('shares the first places between groups, by as much as it is told', () => {
  const candidates = found([1, '1', 1], [2, '1', 0.97], [3, '1', 0.96], [4, '1', 0.93], [5, '1', 0.5]);
  const order = (cost: number) =>
    spreadOut(candidates, 9, { groupOf: (id) => (id === 3 ? 'other' : 'same'), cost }).map(({ passage }) => passage.id);
  expect(order(0.05)).toEqual([0, 3, 1, 2, 4]);
  expect(order(0)).toEqual([0, 1, 2, 3, 4]);
});
