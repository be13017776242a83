import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addTimes, bucketOf, countOf, percentile } from '../../../core/answer-times.ts';
import type { OpenState } from '../../../core/control.ts';
import { dayOf, lastDays, noonOf } from '../../../core/daily-figures.ts';
import { openTestState, temporaryFolder } from './temporary-state.ts';

const DAY = 86_400_000;
const NOON = noonOf('2026-11-29');

let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
beforeEach(async () => {
  place = temporaryFolder();
  state = await openTestState(place.stateDir, { clock: () => NOON });
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

test('the last measurement of a day stands for it, and what was not measured is missing', () => {
  const { daily } = state.control;
  daily.note(NOON, { diskFreeBytes: 10, stateBytes: 3 });
  daily.note(NOON + 1, { diskFreeBytes: 8, failedLogins: 0 });
  daily.note(NOON - 2 * DAY, { stateBytes: 1 });
  expect(daily.between('2026-11-01', '2026-11-30')).toEqual([
    { day: '2026-11-27', levels: { stateBytes: 1 }, files: 0, answers: new Map() },
    { day: '2026-11-29', levels: { diskFreeBytes: 8, stateBytes: 3, failedLogins: 0 }, files: 0, answers: new Map() },
  ]);
  expect(daily.between('2026-11-28', '2026-11-28')).toEqual([]);
});

test('files and answers add up by day', () => {
  const { daily } = state.control;
  for (let times = 0; times < 3; times++) daily.noteFile(NOON);
  for (const seconds of [1, 1, 9]) daily.noteAnswer(NOON, seconds);
  daily.noteAnswer(NOON - DAY, 2);
  const [before, today] = daily.between('2026-11-28', '2026-11-29');
  expect(today).toMatchObject({ files: 3, levels: {} });
  expect(countOf(today!.answers)).toBe(3);
  expect(countOf(before!.answers)).toBe(1);
  expect(percentile(today!.answers, 0.5)).toBeCloseTo(1, 1);
  expect(percentile(addTimes([before!.answers, today!.answers]), 1)! / 9).toBeCloseTo(1, 1);
});

test('days that were kept long enough go, each counted once', () => {
  const { daily } = state.control;
  for (const back of [0, 1, 2]) {
    daily.note(NOON - back * DAY, { stateBytes: back });
    daily.noteAnswer(NOON - back * DAY, 1);
  }
  expect(daily.removeBefore(NOON - DAY)).toBe(1);
  expect(daily.between('2000-01-01', '2100-01-01').map(({ day }) => day)).toEqual(['2026-11-28', '2026-11-29']);
});

describe('days', () => {
  test('run by the clock of the machine, over changes of daylight saving too', () => {
    expect(lastDays(noonOf('2026-11-02'), 12)).toEqual([
      ...Array.from({ length: 10 }, (_, at) => `2026-10-${22 + at}`),
      '2026-11-01',
      '2026-11-02',
    ]);
    expect(new Set(lastDays(noonOf('2026-04-10'), 400)).size).toBe(400);
    expect(dayOf(new Date(2026, 0, 1, 0, 0, 0).getTime())).toBe('2026-01-01');
    expect(dayOf(new Date(2026, 0, 1, 23, 59, 59).getTime())).toBe('2026-01-01');
  });
});

describe('answer times', () => {
  test('percentiles are those of the sorted times, to three parts in a hundred', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const seconds = Array.from({ length: 500 }, () => 0.05 * 4000 ** random());
    const times = new Map<number, number>();
    for (const one of seconds) times.set(bucketOf(one), (times.get(bucketOf(one)) ?? 0) + 1);
    const sorted = [...seconds].sort((a, b) => a - b);
    for (const share of [0, 0.01, 0.5, 0.95, 1]) {
      const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
      expect(Math.abs(percentile(times, share)! / exact - 1), `${share}`).toBeLessThan(0.03);
    }
  });

  test('none have none, and what no answer takes counts as the nearest that one may', () => {
    expect(percentile(new Map(), 0.5)).toBeUndefined();
    expect(bucketOf(-1)).toBe(bucketOf(0.01));
    expect(bucketOf(1e9)).toBe(bucketOf(86_400));
  });
});
