import { describe, expect, test } from 'vitest';
import { decideKeeping, type KeepRule, type KeptGeneration, surelyGone } from '../../../core/backup/keep-policy.ts';
import { addDays, localDates } from '../../../core/backup/local-dates.ts';

const HOUR = 3_600_000;
const RULE: KeepRule = { last: 2, daily: 3, weekly: 2, monthly: 2 };
const ZONE = 'Europe/Berlin';

/** `2026-11-30 03:15` in UTC, with `?` at its end: not proven. */
function made(...moments: string[]): KeptGeneration[] {
  return moments.map((moment) => {
    const madeAt = Date.parse(`${moment.slice(0, 10)}T${moment.slice(11, 16)}Z`);
    return { name: moment.replace(' ?', ''), madeAt, provenAt: moment.endsWith('?') ? null : madeAt + HOUR };
  });
}

/** What stays, as `date: reasons` lines. */
function table(generations: readonly KeptGeneration[], rule = RULE, now = generations[0]!.madeAt + HOUR): string[] {
  const decided = decideKeeping(generations, rule, { now, zone: ZONE });
  if ('refused' in decided) return [decided.refused];
  return decided.stay.map(({ name, reasons }) => `${name}: ${reasons.join(' ')}`);
}

/** One proven backup a night, newest first. */
function nights(last: string, count: number): KeptGeneration[] {
  return made(...Array.from({ length: count }, (_, index) => `${addDays(last, -index)} 03:15`));
}

describe('what stays', () => {
  test.each<[string, KeptGeneration[], KeepRule, string[]]>([
    ['nothing from nothing', [], RULE, []],
    ['the only one, proven or not', made('2026-11-30 03:15 ?'), RULE, ['2026-11-30 03:15: newest not-proven-yet last']],
    [
      'a year of nights: the last one of days, weeks and months',
      nights('2026-11-29', 365),
      RULE,
      [
        '2026-11-29 03:15: newest last-proven last daily weekly monthly',
        '2026-11-28 03:15: last daily',
        '2026-11-27 03:15: daily',
        '2026-11-22 03:15: weekly',
        '2026-10-31 03:15: monthly',
      ],
    ],
    [
      'several of one day: the last of it by the local date (in Berlin 23:30 UTC is the next day)',
      made('2026-11-30 22:30', '2026-11-29 23:30', '2026-11-29 22:30', '2026-11-29 03:15'),
      { last: 0, daily: 2, weekly: 0, monthly: 0 },
      ['2026-11-30 22:30: newest last-proven daily', '2026-11-29 22:30: daily'],
    ],
    [
      'a proven one stands for its day before a newer one that is not',
      made('2026-11-30 03:15', '2026-11-29 20:00 ?', '2026-11-29 03:15'),
      { last: 0, daily: 3, weekly: 0, monthly: 0 },
      ['2026-11-30 03:15: newest last-proven daily', '2026-11-29 03:15: daily'],
    ],
    [
      'everything that is newer than the last proven one, however many',
      made('2026-11-30 03:15 ?', '2026-11-29 03:15 ?', '2026-11-28 03:15 ?', '2026-11-27 03:15', '2026-11-26 03:15'),
      { last: 1, daily: 1, weekly: 0, monthly: 0 },
      [
        '2026-11-30 03:15: newest not-proven-yet last',
        '2026-11-29 03:15: not-proven-yet',
        '2026-11-28 03:15: not-proven-yet',
        '2026-11-27 03:15: last-proven daily',
      ],
    ],
    [
      'everything while nothing is proven',
      made('2026-11-30 03:15 ?', '2025-11-29 03:15 ?', '2020-01-01 03:15 ?'),
      { last: 0, daily: 0, weekly: 0, monthly: 0 },
      [
        '2026-11-30 03:15: newest not-proven-yet',
        '2025-11-29 03:15: not-proven-yet',
        '2020-01-01 03:15: not-proven-yet',
      ],
    ],
    [
      'the last proven one under a rule of zeros',
      nights('2026-11-30', 5),
      { last: 0, daily: 0, weekly: 0, monthly: 0 },
      ['2026-11-30 03:15: newest last-proven'],
    ],
    [
      'days without a backup are days: the window is of the calendar',
      made('2026-11-30 03:15', '2026-11-28 03:15', '2026-11-26 03:15'),
      { last: 0, daily: 3, weekly: 0, monthly: 0 },
      ['2026-11-30 03:15: newest last-proven daily', '2026-11-28 03:15: daily'],
    ],
    [
      'weeks from Monday, over the turn of the year',
      made('2027-01-04 03:15', '2027-01-03 03:15', '2026-12-28 03:15', '2026-12-27 03:15'),
      { last: 0, daily: 0, weekly: 3, monthly: 0 },
      ['2027-01-04 03:15: newest last-proven weekly', '2027-01-03 03:15: weekly', '2026-12-27 03:15: weekly'],
    ],
  ])('%s', (_, generations, rule, expected) => {
    expect(table(generations, rule, (generations[0]?.madeAt ?? 0) + HOUR)).toEqual(expected);
  });

  test('while no backup is made, nothing gets too old', () => {
    const generations = nights('2026-11-29', 30);
    expect(table(generations, RULE, Date.parse('2031-01-01T00:00Z'))).toEqual(table(generations));
  });

  test('nothing goes when the newest one is of the future', () => {
    const generations = nights('2026-11-29', 30);
    expect(decideKeeping(generations, RULE, { now: generations[3]!.madeAt, zone: ZONE })).toEqual({
      refused: 'made-in-the-future',
    });
  });

  test('what goes are all the others, and the order of the list does not matter', () => {
    const generations = nights('2026-11-29', 40);
    const now = generations[0]!.madeAt + HOUR;
    const decided = decideKeeping(generations, RULE, { now, zone: ZONE });
    expect(decideKeeping([...generations].reverse(), RULE, { now, zone: ZONE })).toEqual(decided);
    if ('refused' in decided) throw new Error(decided.refused);
    expect([...decided.go, ...decided.stay.map(({ name }) => name)].sort()).toEqual(
      generations.map(({ name }) => name).sort(),
    );
  });
});

describe('the day on which one is surely gone', () => {
  test.each<[string, string, KeptGeneration[], string]>([
    ['may stand for its month', '2026-11-29 03:15', [], '2027-01-01'],
    ['its week has a newer proven one, its month too', '2026-11-24 03:15', nights('2026-11-29', 9), '2026-11-27'],
    [
      'its month has a newer one, its week not yet',
      '2026-10-31 03:15',
      made('2026-10-31 20:00 ?', '2026-11-02 03:15'),
      '2026-12-01',
    ],
    ['its week goes on into the next month', '2026-10-30 03:15', made('2026-10-31 03:15'), '2026-11-02'],
  ])('%s', (_, moment, others, day) => {
    expect(surelyGone(made(moment)[0]!, others, { rule: RULE, zone: ZONE })).toBe(day);
  });

  test('holds for each of 400 nightly backups, under many rules', () => {
    const rules = [RULE, { last: 5, daily: 7, weekly: 4, monthly: 6 }, { last: 1, daily: 1, weekly: 3, monthly: 0 }];
    for (const rule of rules) {
      let there: KeptGeneration[] = [];
      const promised = new Map<string, string>();
      for (const night of nights('2026-12-31', 400).reverse()) {
        there = [...there, night];
        for (const one of there) {
          const day = surelyGone(one, there, { rule, zone: ZONE });
          if (!promised.has(one.name) || promised.get(one.name)! > day) promised.set(one.name, day);
        }
        const decided = decideKeeping(there, rule, { now: night.madeAt + HOUR, zone: ZONE });
        if ('refused' in decided) throw new Error(decided.refused);
        there = there.filter(({ name }) => !decided.go.includes(name));
        const today = localDates(night.madeAt, ZONE).day;
        for (const { name } of there) expect(promised.get(name)! > today, `${name} on ${today}`).toBe(true);
      }
    }
  });
});
