import { expect, it } from 'vitest';
import { preferencesOf } from '../../../core/ask/preferences.ts';
import { askedTime } from '../../../core/ask/time-words.ts';
import { passage } from './household.ts';

const NOW = Date.UTC(2026, 2, 1);

/** Names of the files, best liked first; those that are liked equally stay in order. */
function liked(question: string, files: Readonly<Record<string, string>>): string[] {
  const candidates = Object.entries(files).map(([documentName, text], i) => passage(text, { documentName, id: i }));
  const preference = preferencesOf(question, askedTime(question, NOW), candidates);
  const scored = candidates.map((candidate) => ({ name: candidate.documentName, score: preference(candidate) }));
  return scored
    .filter(({ score }) => score !== 0)
    .sort((a, b) => b.score - a.score)
    .map(({ name, score }) => `${score > 0 ? '+' : '-'} ${name}`);
}

it('prefers a file that the question names, unless many files are called so', () => {
  const files = { 'Mietvertrag.pdf': 'a', 'Stromvertrag_2024.pdf': 'b', 'notes.txt': 'c' };
  expect(liked('laut Mietvertrag, wie hoch ist die Kaution?', files)).toEqual(['+ Mietvertrag.pdf']);
  expect(liked('what do the notes say about the key', files)).toEqual(['+ notes.txt']);
  expect(liked('wie hoch ist die Kaution?', files)).toEqual([]);
  const bills = Object.fromEntries(['a', 'b', 'c', 'd'].map((street) => [`bill ${street}.pdf`, '']));
  expect(liked('what is on the bill', bills)).toEqual([]);
});

it('prefers the year and the month that were asked for among files that say theirs', () => {
  const policies = { 'Policy 2023-24.pdf': '', 'Policy 2024-25.pdf': '', 'lease.pdf': '' };
  expect(liked('excess in the 2024 insurance', policies)).toEqual(['+ Policy 2024-25.pdf', '- Policy 2023-24.pdf']);
  expect(liked('excess 2023/24', policies)).toEqual(['+ Policy 2023-24.pdf', '- Policy 2024-25.pdf']);
  const bills = { 'energy_2024-01.pdf': '', 'energy_2024-02.pdf': '' };
  expect(liked('gas in january', bills)).toEqual(['+ energy_2024-01.pdf', '- energy_2024-02.pdf']);
  expect(liked('Gas im Februar', bills)).toEqual(['+ energy_2024-02.pdf', '- energy_2024-01.pdf']);
});

it('prefers last year and the newest of a series', () => {
  const policies = { 'Car 2024.pdf': '', 'Car 2025.pdf': '', 'lease 2020.pdf': '' };
  expect(liked('excess in the latest insurance', policies)).toEqual(['+ Car 2025.pdf', '- Car 2024.pdf']);
  expect(liked('excess last year', { 'Car 2024.pdf': '', 'Car 2025.pdf': '' })).toEqual([
    '+ Car 2025.pdf',
    '- Car 2024.pdf',
  ]);
});

it('prefers passages that hold the code or number asked for, however it is written', () => {
  const files = { 'a.pdf': 'error E:24: pump blocked', 'b.pdf': 'error E:22: tap closed', 'c.pdf': 'HV28C-0719-664' };
  expect(liked('dishwasher says e24', files)).toEqual(['+ a.pdf']);
  expect(liked('HV28C 0719 664', files)).toEqual(['+ c.pdf']);
});
