import { afterAll, beforeAll, expect, test } from 'vitest';
import { lastDue } from '../../ops/last-due.ts';
import { nextDue } from '../../ops/next-due.ts';

const zone = process.env.TZ;
beforeAll(() => {
  process.env.TZ = 'Europe/Berlin';
});
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

/** Local time of Berlin in words, so that a wrong zone shows. */
function due(expression: string, now: string): string | undefined {
  const at = lastDue(expression, new Date(now).getTime());
  return at === undefined ? undefined : new Date(at).toISOString();
}

test('the tests run in the zone that they speak of', () => {
  expect(new Date('2027-01-01T00:00:00Z').getTimezoneOffset()).toBe(-60);
});

test.each([
  ['15 3 * * *', '2027-01-10T02:15:00Z', '2027-01-10T02:15:00.000Z', 'the very moment counts'],
  ['15 3 * * *', '2027-01-10T02:14:59Z', '2027-01-09T02:15:00.000Z', 'a second before is yesterday'],
  ['*/5 * * * *', '2027-01-10T12:04:59Z', '2027-01-10T12:00:00.000Z', 'every five minutes'],
  ['0 4 1 * *', '2027-03-31T12:00:00Z', '2027-03-01T03:00:00.000Z', 'day of the month'],
  ['0 4 * * 7', '2027-01-13T12:00:00Z', '2027-01-10T03:00:00.000Z', 'Sunday as 7'],
  ['0 4 * * mon', '2027-01-13T12:00:00Z', '2027-01-11T03:00:00.000Z', 'day of the week by name'],
  ['0 4 13 * 5', '2027-09-01T12:00:00Z', '2027-08-13T02:00:00.000Z', 'both days must fit, as in node-cron'],
  ['0 0 29 2 *', '2027-06-01T00:00:00Z', '2024-02-28T23:00:00.000Z', 'the rarest day'],
  ['@daily', '2027-01-10T12:00:00Z', '2027-01-09T23:00:00.000Z', 'a nickname'],
  ['30 2 * * *', '2027-03-28T12:00:00Z', '2027-03-28T01:30:00.000Z', 'the skipped hour of spring runs after the gap'],
  ['30 2 * * *', '2027-03-28T01:29:00Z', '2027-03-27T01:30:00.000Z', 'and not before'],
  ['30 2 * * *', '2027-10-31T12:00:00Z', '2027-10-31T00:30:00.000Z', 'the doubled hour of autumn counts once'],
  ['*/5 * * * *', '2027-10-31T01:17:00Z', '2027-10-31T01:15:00.000Z', 'but not for a job of every hour'],
  ['15 * * * *', '2027-03-28T01:20:00Z', '2027-03-28T01:15:00.000Z', 'nor does such a job notice the gap of spring'],
])('%s at %s -> %s (%s)', (expression, now, expected) => {
  expect(due(expression, now)).toBe(expected);
});

test.each([
  ['15 3 * * *', '2027-01-10T02:15:00Z', '2027-01-11T02:15:00.000Z', 'the very moment is over'],
  ['30 2 * * *', '2027-03-27T12:00:00Z', '2027-03-28T01:30:00.000Z', 'behind the gap of spring'],
  ['30 2 * * *', '2027-10-31T00:30:00Z', '2027-11-01T01:30:00.000Z', 'the doubled hour of autumn counts once'],
  ['15 * * * *', '2027-10-31T00:20:00Z', '2027-10-31T01:15:00.000Z', 'but not for a job of every hour'],
  ['0 0 29 2 *', '2027-06-01T00:00:00Z', '2028-02-28T23:00:00.000Z', 'the rarest day'],
])('after %s at %s comes %s (%s)', (expression, now, expected) => {
  expect(new Date(nextDue(expression, new Date(now).getTime())!).toISOString()).toBe(expected);
});

test('a day that comes once in 28 years is not looked for', () => {
  expect(due('0 0 29 2 1', '2027-01-10T12:00:00Z')).toBeUndefined();
});
