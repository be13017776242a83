import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AlertLog, alertNamed, alertReference } from '../../../core/alert.ts';
import { openTestState } from '../../ops/open-test-state.ts';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let now: number;
let alerts: AlertLog;
let remove: () => void;

beforeEach(async () => {
  now = NOW;
  const opened = await openTestState(() => now);
  alerts = opened.state.control.alerts;
  remove = opened.remove;
});
afterEach(() => remove());

const disk = (free = 1) => alerts.raise({ code: 'disk-low', severity: 'warning', key: 'disk', facts: { free } });
const urgent = () => alerts.raise({ code: 'bot-silent', severity: 'critical', key: 'bot' });
const due = () => alerts.due().map(({ alert, news }) => [alert.key, news]);
/** As the bot does: everything that is due is told and arrives. */
function tell(): string[] {
  return alerts.due().map(({ alert, news }) => {
    if (news === 'raised') alerts.markDelivered(alert.id);
    else alerts.markTold(alert.id, news);
    return news;
  });
}

test('a reference is read as people copy it', () => {
  expect(alertReference(12)).toBe('A12');
  expect(['A12', 'a12', '12', '#12', ' A12 '].map(alertNamed)).toEqual([12, 12, 12, 12, 12]);
  expect(['', 'B12', 'A', '1.5', '-1', 'A12 A13'].map(alertNamed)).toEqual(Array(6).fill(undefined));
});

test('repeats are counted, with the time of the last and the newest facts', () => {
  disk(3);
  now += MINUTE;
  disk(2);
  now += MINUTE;
  disk(1);
  expect(alerts.open()).toMatchObject([
    { repeats: 2, raisedAt: NOW, lastAt: NOW + 2 * MINUTE, facts: { free: 1 }, isFlapping: false },
  ]);
  expect(alerts.find(1)).toMatchObject({ id: 1, key: 'disk' });
  expect(alerts.find(2)).toBeUndefined();
});

describe('the end', () => {
  test('is told once, of what had been told', () => {
    disk();
    expect(due()).toEqual([['disk', 'raised']]);
    alerts.clear('disk');
    // It happened while nobody could be told: first that it was, then that it is over.
    expect(tell()).toEqual(['raised']);
    expect(tell()).toEqual(['over']);
    expect(due()).toEqual([]);
    expect(alerts.open()).toEqual([]);
  });

  test('is not told of what was only for information, or was no lasting matter', () => {
    alerts.raise({ code: 'x', severity: 'info', key: 'x' });
    alerts.raise({ code: 'y', severity: 'critical' });
    tell();
    alerts.clear('x');
    now += 2 * DAY;
    expect(due()).toEqual([]);
  });
});

describe('coming and going', () => {
  function comeAndGo(times: number): void {
    for (let time = 0; time < times; time++) {
      disk();
      tell();
      now += 5 * MINUTE;
      alerts.clear('disk');
      tell();
      now += 5 * MINUTE;
    }
  }

  test('three times within an hour makes the fourth one that keeps doing so, told once', () => {
    comeAndGo(3);
    disk();
    expect(tell()).toEqual(['flapping']);
    expect(alerts.recent(9)).toHaveLength(3);
    expect(alerts.open()).toMatchObject([{ id: 3, isFlapping: true, clearedAt: null }]);
    for (let time = 0; time < 20; time++) {
      now += 10 * MINUTE;
      expect(alerts.clear('disk')).toBe(true);
      now += 10 * MINUTE;
      disk();
      expect(tell()).toEqual([]);
    }
    expect(alerts.recent(9)).toHaveLength(3);
  });

  test('ends when it stayed away for an hour, and then it is told', () => {
    comeAndGo(3);
    disk();
    tell();
    const gone = now;
    alerts.clear('disk');
    now += 59 * MINUTE;
    expect(tell()).toEqual([]);
    now += MINUTE;
    expect(tell()).toEqual(['over']);
    expect(alerts.recent(1)).toMatchObject([{ clearedAt: gone }]);
  });

  test('slowly is news every time', () => {
    for (let time = 0; time < 5; time++) {
      disk();
      expect(tell()).toEqual(['raised']);
      alerts.clear('disk');
      tell();
      now += 31 * MINUTE;
    }
    expect(alerts.recent(9).map(({ isFlapping }) => isFlapping)).toEqual(Array(5).fill(false));
  });
});

describe('an urgent alert', () => {
  test('is told again every day until somebody takes note', () => {
    urgent();
    tell();
    now += DAY - 1;
    expect(due()).toEqual([]);
    now += 1;
    expect(tell()).toEqual(['reminder']);
    now += DAY - 1;
    expect(due()).toEqual([]);
    now += 1;
    expect(tell()).toEqual(['reminder']);
    expect(alerts.acknowledge(1)).toBe(true);
    now += 9 * DAY;
    expect(due()).toEqual([]);
    alerts.clear('bot');
    expect(tell()).toEqual(['over']);
    expect(alerts.acknowledge(1)).toBe(false);
    expect(alerts.acknowledge(77)).toBe(false);
  });

  test('and a warning is not', () => {
    disk();
    tell();
    now += 9 * DAY;
    expect(due()).toEqual([]);
  });
});

describe('put off', () => {
  test('it stays quiet, and comes back when the time is over and it goes on', () => {
    urgent();
    tell();
    alerts.snooze(1, now + 3 * DAY);
    now += 3 * DAY - 1;
    urgent();
    expect(due()).toEqual([]);
    now += 1;
    expect(tell()).toEqual(['again']);
    expect(due()).toEqual([]);
    expect(alerts.find(1)).toMatchObject({ snoozedUntil: null, acknowledgedAt: null });
  });

  test('its end is told, and nothing comes back', () => {
    disk();
    tell();
    alerts.snooze(1, now + DAY);
    now += HOUR;
    alerts.clear('disk');
    expect(tell()).toEqual(['over']);
    now += 2 * DAY;
    expect(due()).toEqual([]);
    expect(alerts.snooze(1, now + DAY)).toBe(false);
  });

  test('it stays quiet when it ends and comes again, and is told if it is still there afterwards', () => {
    disk();
    tell();
    alerts.snooze(1, now + DAY);
    alerts.clear('disk');
    tell();
    now += 2 * HOUR;
    disk();
    expect(due()).toEqual([]);
    expect(alerts.undelivered()).toEqual([]);
    alerts.clear('disk');
    now += 2 * HOUR;
    disk();
    now += DAY;
    expect(tell()).toEqual(['raised']);
    expect(due()).toEqual([]);
  });
});

describe('under a clock that was a year ahead', () => {
  const YEAR = 365 * DAY;
  beforeEach(() => {
    now += YEAR;
  });

  test('what was put off comes back once the clock is right, also when it ends and comes again', () => {
    urgent();
    tell();
    alerts.snooze(1, now + 2 * HOUR);
    expect(due()).toEqual([]);
    now -= YEAR;
    expect(tell()).toEqual(['again']);
    alerts.snooze(1, now + YEAR);
    alerts.clear('bot');
    tell();
    now += 2 * HOUR;
    urgent();
    expect(alerts.undelivered()).toMatchObject([{ id: 2 }]);
    expect(alerts.leftFor('mail')).toMatchObject([{ id: 2 }]);
    expect(tell()).toEqual(['raised']);
  });

  test('what was told is told again every day from now on', () => {
    urgent();
    tell();
    now -= YEAR;
    expect(tell()).toEqual(['reminder']);
    expect(due()).toEqual([]);
    now += DAY;
    expect(tell()).toEqual(['reminder']);
  });

  test('a clock that is set right by minutes repeats nothing', () => {
    urgent();
    tell();
    now -= 10 * MINUTE;
    expect(due()).toEqual([]);
  });

  test('what came and went then is news when it comes today, and what was quiet since then is over', () => {
    for (let time = 0; time < 3; time++) {
      disk();
      tell();
      alerts.clear('disk');
      tell();
    }
    now -= YEAR;
    disk();
    expect(tell()).toEqual(['raised']);
    alerts.clear('disk');
    tell();
    now += YEAR;
    disk();
    expect(tell()).toEqual(['flapping']);
    alerts.clear('disk');
    now -= YEAR;
    expect(tell()).toEqual(['over']);
  });
});

test('what did not arrive is left for each second way, once, and not what is over or was put off', () => {
  const left = (way: 'mail' | 'webhook') => alerts.leftFor(way).map(({ key }) => key);
  disk();
  urgent();
  alerts.raise({ code: 'gone', severity: 'critical', key: 'gone' });
  alerts.clear('gone');
  expect(left('mail')).toEqual(['disk', 'bot']);
  alerts.markSent(2, 'mail');
  alerts.markSent(2, 'mail');
  expect(left('mail')).toEqual(['disk']);
  expect(left('webhook')).toEqual(['disk', 'bot']);
  alerts.markDelivered(1);
  expect(left('webhook')).toEqual(['bot']);
  alerts.snooze(2, now + HOUR);
  expect(left('webhook')).toEqual([]);
  alerts.markDelivered(2);
  alerts.clear('bot');
  expect(alerts.removeBefore(now + 1)).toBe(1);
  expect(alerts.open()).toMatchObject([{ key: 'disk' }]);
});

test('what was told as over by a second way, and keeps coming back, is left for that way once more, and so is its end', () => {
  for (const time of [1, 2, 3]) {
    disk();
    alerts.markSent(time, 'mail');
    alerts.clear('disk');
    alerts.markOverSent(time, 'mail');
    now += MINUTE;
  }
  disk();
  expect(alerts.leftFor('mail').map(({ id }) => id)).toEqual([3]);
  alerts.markSent(3, 'mail');
  expect(alerts.overFor('mail')).toEqual([]);
  alerts.clear('disk');
  now += 2 * HOUR;
  alerts.due();
  expect(alerts.overFor('mail').map(({ id }) => id)).toEqual([3]);
});
