import { expect, test } from 'vitest';
import { KeyedWords } from '../../../core/qdrant/keyed-words.ts';
import { makePoint, openPoint, planPoint } from '../../../core/qdrant/point.ts';
import { tenantKeys } from '../../../core/qdrant/tenant-keys.ts';
import { passage } from '../ask/household.ts';

const keys = tenantKeys(new Uint8Array(32).fill(1));
const mark = { passage: 4, source: '$event', addedAt: 5, position: 0, isEmbedded: false };
const words = new KeyedWords(keys.words);

function pointOf(position: number) {
  const content = {
    tenant: 'aa',
    passage: passage('Die Miete beträgt 840 Euro.'),
    words: words.ofPassage([]),
    dense: undefined,
  };
  return makePoint(keys, planPoint(keys, { ...mark, position }), content);
}

test('a point gives its passage back to the tenant that it belongs to, and to nobody else', () => {
  const point = pointOf(0);
  expect(openPoint(keys, 'aa', point)).toEqual(passage('Die Miete beträgt 840 Euro.'));
  expect(() => openPoint(keys, 'bb', point)).toThrow();
  expect(() => openPoint(tenantKeys(new Uint8Array(32).fill(2)), 'aa', point)).toThrow();
});

test('a sealed text that was moved to another point does not open there', () => {
  expect(() => openPoint(keys, 'aa', { id: pointOf(1).id, payload: pointOf(0).payload })).toThrow();
});

test('ids depend on document, position and key alone; marks on everything', () => {
  const plan = planPoint(keys, mark);
  expect(planPoint(keys, mark)).toEqual(plan);
  expect(plan.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(planPoint(keys, { ...mark, isEmbedded: true })).toMatchObject({ id: plan.id });
  expect(planPoint(keys, { ...mark, isEmbedded: true }).mark).not.toBe(plan.mark);
  expect(planPoint(keys, { ...mark, position: 1 }).id).not.toBe(plan.id);
  expect(planPoint(tenantKeys(new Uint8Array(32).fill(2)), mark).id).not.toBe(plan.id);
});

test('words of a passage: no number twice, ascending, more weight for more of them', () => {
  const { indices, values } = words.ofPassage(['^rent$', 'tax', 'tax', 'tax']);
  expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
  expect(indices).toHaveLength(2);
  expect(Math.max(...values)).toBe(values[indices.indexOf(words.ofQuestion(['tax']).indices[0]!)]);
});

test('another tenant has other numbers for the same words', () => {
  const other = new KeyedWords(tenantKeys(new Uint8Array(32).fill(2)).words);
  expect(other.ofQuestion(['^rent$']).indices).not.toEqual(words.ofQuestion(['^rent$']).indices);
});
