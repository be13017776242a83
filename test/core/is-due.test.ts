import { expect, test } from 'vitest';
import { isDue } from '../../core/is-due.ts';

test.each([
  ['before its time', 90, false],
  ['when its time has come', 100, true],
  ['long after', 10_000, true],
  ['right after the last time, in the same millisecond', 70, false],
  ['after the clock was set back', 69, true],
])('what comes again every 30 and next at 100 is due: %s (%i: %s)', (_, now, due) => {
  expect(isDue(now, 100, 30)).toBe(due);
});
