import { expect, it } from 'vitest';
import { pickPassages } from '../../../core/ask/pick-passages.ts';
import { estimateTokens } from '../../../core/ask/tokens.ts';
import type { Passage } from '../../../core/document.ts';
import { passage } from './household.ts';

const found = (...passages: Passage[]) => passages.map((one, i) => ({ passage: one, score: 1 - i / 10 }));
const words = (from: number, count: number) =>
  Array.from(
    { length: count },
    (_, i) => `wort${String.fromCharCode(97 + ((from + i) % 26))}${'abcdefghij'[Math.floor((from + i) / 26)]}`,
  ).join(' ');
const all = { tokens: 100_000, count: 10 };

it('keeps the order of rank and stops at the count', () => {
  const three = [
    passage(words(0, 20), { id: 1 }),
    passage(words(30, 20), { id: 2, page: '2' }),
    passage(words(60, 20), { id: 3, page: '3' }),
  ];
  expect(pickPassages(found(...three), all).map(({ id }) => id)).toEqual([1, 2, 3]);
  expect(pickPassages(found(...three), { ...all, count: 2 }).map(({ id }) => id)).toEqual([1, 2]);
  expect(pickPassages([], all)).toEqual([]);
});

it('drops what mostly lies within a passage already taken, of the same page only', () => {
  const first = passage(words(0, 40), { id: 1, start: 0, end: 400 });
  const inside = passage(words(50, 40), { id: 2, start: 150, end: 550 });
  const otherPage = passage(words(100, 40), { id: 3, start: 150, end: 550, page: '2' });
  const beside = passage(words(150, 40), { id: 4, start: 380, end: 780 });
  expect(pickPassages(found(first, inside, otherPage, beside), all).map(({ id }) => id)).toEqual([1, 3, 4]);
});

it('drops near-duplicates, but never two texts that differ in a number', () => {
  const text = `${words(0, 40)} due on 3 May`;
  const twin = passage(`${text}.`, { id: 2, page: '2' });
  const nextYear = passage(text.replace('3 May', '4 May'), { id: 3, document: 2, documentName: 'lease 2025.pdf' });
  expect(pickPassages(found(passage(text, { id: 1 }), twin, nextYear), all).map(({ id }) => id)).toEqual([1, 3]);
});

it('skips what does not fit and takes smaller ones after it', () => {
  const large = passage(words(0, 200), { id: 1 });
  const small = passage('a short one', { id: 2, page: '2' });
  expect(pickPassages(found(large, small), { tokens: 150, count: 5 }).map(({ id }) => id)).toEqual([2]);
});

it('cuts the first when nothing fits, and gives up when there is no room at all', () => {
  const large = passage(words(0, 200), { id: 1, start: 40, end: 40 + words(0, 200).length });
  const [cut] = pickPassages(found(large), { tokens: 200, count: 5 });
  expect(large.text.startsWith(cut!.text)).toBe(true);
  expect(estimateTokens(cut!.text)).toBeLessThanOrEqual(140);
  expect(cut!.end).toBe(40 + cut!.text.length);
  expect(pickPassages(found(large), { tokens: 50, count: 5 })).toEqual([]);
});

it.each([
  ['The rent is due on the first of each month.', 9],
  ['Die Miete ist am Ersten jedes Monats fällig.', 9],
  ['燃气费每月一号交', 8],
  ['12345-678', 9],
])('estimates at least the tokens of %j that tokenizers make', (text, least) => {
  expect(estimateTokens(text)).toBeGreaterThanOrEqual(least);
  expect(estimateTokens(text)).toBeLessThanOrEqual(3 * least);
});
