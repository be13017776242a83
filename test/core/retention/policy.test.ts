import { describe, expect, test } from 'vitest';
import { type Age, compareAges, cutoff, parseAge, writeAge } from '../../../core/retention/age.ts';
import { agesFor, DEFAULT_POLICY, judgeChoice, type RetentionPolicy } from '../../../core/retention/policy.ts';

describe('ages', () => {
  test.each<[string, Age | undefined]>([
    ['30 days', 30],
    ['1 day', 1],
    ['a week', 7],
    ['2 weeks', 14],
    ['6 months', 180],
    ['2 years', 730],
    ['90', 90],
    ['7d', 7],
    ['forever', 'forever'],
    ['Forever', 'forever'],
    ['  2   Years ', 730],
    ['1 Tag', 1],
    ['7 Tage', 7],
    ['eine Woche', 7],
    ['3 Monate', 90],
    ['ein Jahr', 365],
    ['2 Jahren', 730],
    ['für immer', 'forever'],
    ['unbegrenzt', 'forever'],
    ['0', undefined],
    ['0 days', undefined],
    ['-3 days', undefined],
    ['1.5 years', undefined],
    ['101 years', undefined],
    ['99999 years', undefined],
    ['a', undefined],
    ['soon', undefined],
    ['3 dogs', undefined],
    ['', undefined],
  ])('"%s" is %s', (text, age) => {
    expect(parseAge(text)).toBe(age);
  });

  test.each<[Age, string]>([
    [1, '1 day'],
    [30, '30 days'],
    [365, '1 year'],
    [730, '2 years'],
    [400, '400 days'],
    ['forever', 'forever'],
  ])('%s is written "%s" and read back', (age, text) => {
    expect(writeAge(age)).toBe(text);
    expect(parseAge(text)).toBe(age);
  });

  test('have an order, and an end in time or none', () => {
    expect(Math.sign(compareAges(1, 2))).toBe(-1);
    expect(Math.sign(compareAges('forever', 36_500))).toBe(1);
    expect(compareAges('forever', 'forever')).toBe(0);
    expect(cutoff(2, 10 * 86_400_000)).toBe(8 * 86_400_000);
    expect(cutoff('forever', 5)).toBeUndefined();
  });
});

describe('the policy', () => {
  const narrow: RetentionPolicy = {
    ...DEFAULT_POLICY,
    person: {
      chat: { kept: 30, least: 7, most: 90 },
      documents: { kept: 730, least: 365, most: 'forever' },
      badAnswers: { kept: 10, least: 10, most: 10 },
    },
  };

  test.each<[string, RetentionPolicy, Parameters<typeof agesFor>[1], [Age, Age, Age]]>([
    ['defaults', DEFAULT_POLICY, {}, [30, 'forever', 365]],
    ['own choices', DEFAULT_POLICY, { chat: 7, documents: 730 }, [7, 730, 365]],
    ['for ever where it may be', DEFAULT_POLICY, { chat: 'forever' }, ['forever', 'forever', 365]],
    ['a choice beyond bounds that became narrower', narrow, { chat: 1, documents: 30 }, [7, 365, 10]],
    ['for ever where it may not be', narrow, { chat: 'forever', documents: 'forever' }, [90, 'forever', 10]],
    ['no choice at all', narrow, { badAnswers: 5 }, [30, 730, 10]],
    [
      'a default beyond its bounds',
      { ...narrow, person: { ...narrow.person, chat: { kept: 365, least: 1, most: 30 } } },
      {},
      [30, 730, 10],
    ],
  ])('%s', (_name, policy, choices, [chat, documents, badAnswers]) => {
    expect(agesFor(policy, choices)).toEqual({ chat, documents, badAnswers });
  });

  test.each<[Age, 'ok' | Age]>([
    [6, 7],
    [7, 'ok'],
    [30, 'ok'],
    [90, 'ok'],
    [91, 90],
    ['forever', 90],
  ])('a choice of %s between 7 and 90 days: %s', (wanted, verdict) => {
    expect(judgeChoice(narrow.person.chat, wanted)).toEqual(verdict === 'ok' ? 'ok' : { beyond: verdict });
  });
});
