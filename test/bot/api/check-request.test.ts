import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkedTexts } from '../../../bot/api/check-request.ts';

const shape = z.object({ limit: z.int().min(1).max(500) });
const limitOf = (limit: string) => checkedTexts(shape, { limit }, 'query').limit;

test('a number of an address is what is written as one', () => {
  expect(['1', '500', '007'].map(limitOf)).toEqual([1, 500, 7]);
});

test.each([
  '0x10',
  '1e2',
  ' 5',
  '5 ',
  '+5',
  '-0',
  '5.0',
  '٥',
  '',
])('%j is none, though a program may read it so', (text) => {
  expect(() => limitOf(text)).toThrow('does not fit its shape');
});
