import { expect, test } from 'vitest';
import { AnswerPace } from '../../bot/answer-pace.ts';

test('the middle of the last answers tells how long a wait is; nothing is claimed before one was measured', () => {
  const pace = new AnswerPace();
  expect(pace.estimate(2)).toBeUndefined();
  for (const ms of [40_000, 20_000, 900_000]) pace.note(ms);
  expect(pace.estimate(0)).toBeUndefined();
  expect(pace.estimate(1)).toBe(20_000);
  expect(pace.estimate(3)).toBe(100_000);
  for (let i = 0; i < 15; i++) pace.note(1000);
  expect(pace.estimate(2)).toBe(1500);
});
