import { describe, expect, it } from 'vitest';
import { dayNamed } from '../../../bot/commands/day-named.ts';

const NOW = new Date(2026, 10, 29, 21, 30).getTime();
const day = (text: string) => {
  const at = dayNamed(text, NOW);
  if (at === undefined) return undefined;
  const found = new Date(at);
  return [found.getFullYear(), found.getMonth() + 1, found.getDate()].join('-');
};

describe('a day that somebody typed', () => {
  it.each([
    ['2027-12-31', '2027-12-31'],
    ['31.12.2027', '2027-12-31'],
    ['31. 12. 2027', '2027-12-31'],
    ['31.12.2027.', '2027-12-31'],
    ['1.1.28', '2028-1-1'],
    ['02.03.27', '2027-3-2'],
    ['31/12/2027', '2027-12-31'],
    ['31 December 2027', '2027-12-31'],
    ['31st of december 2027', '2027-12-31'],
    ['December 31, 2027', '2027-12-31'],
    ['1. Januar 2028', '2028-1-1'],
    ['3. März 2027', '2027-3-3'],
    ['5 Mai 2027', '2027-5-5'],
    ['24. Dezember', '2026-12-24'],
    ['24.12.', '2026-12-24'],
    ['1. März', '2027-3-1'],
    ['today', '2026-11-29'],
    ['Heute', '2026-11-29'],
    ['tomorrow', '2026-11-30'],
    ['morgen', '2026-11-30'],
    ['übermorgen', '2026-12-1'],
    ['1 January 2001', '2001-1-1'],
  ])('%s', (text, expected) => {
    expect(day(text)).toBe(expected);
  });

  it.each([
    'next friday',
    '3/4/2027',
    'December 2027',
    '2099-02-30',
    '31.04.2027',
    '99',
    'the 1.1.2028 or 2.1.2028',
    '',
  ])('%s is none', (text) => {
    expect(day(text)).toBeUndefined();
  });
});
