import { expect, it } from 'vitest';
import { askedTime, yearsIn } from '../../../core/ask/time-words.ts';

const NOW = Date.UTC(2026, 2, 1);
const years = (question: string) => [...askedTime(question, NOW).years];

it.each([
  ['what did last year’s policy say', ['2025']],
  ['Was stand im letzten Jahr in der Police?', ['2025']],
  ['¿cuánto pagamos el año pasado?', ['2025']],
  ["combien l'année dernière", ['2025']],
  ['geçen yıl aidat ne kadardı', ['2025']],
  ['w zeszłym roku', ['2025']],
  ['去年的体检', ['2025']],
  ['wie viel ist es dieses Jahr?', ['2026']],
  ['the 2023 northmere policy', ['2023']],
  ['home insurance 2023/24', ['2023']],
  ['insurance 2023-2024', ['2023']],
  ['total 2024.50 or code 20241', ['2024']],
  ['how much is the rent', []],
])('%s: %j', (question, expected) => {
  expect(years(question)).toEqual(expected);
});

it.each([
  ['what is the excess in the current policy', true],
  ['die aktuelle Police', true],
  ['la póliza vigente', true],
  ['najnowsza umowa', true],
  ['最新的合同', true],
  ['the electricity current of the boiler', true],
  ['what does the lease say', false],
])('asks for the newest: %s: %s', (question, expected) => {
  expect(askedTime(question, NOW).newest).toBe(expected);
});

it('reads years out of file names', () => {
  expect(yearsIn('energy_bill_2024-01')).toEqual(['2024']);
  expect(yearsIn('Northmere 2023-24')).toEqual(['2023']);
  expect(yearsIn('scan_20240402_0007')).toEqual([]);
});
