import { expect, it } from 'vitest';
import { languagesOf } from '../../../core/ask/passage-languages.ts';
import { passage } from './household.ts';

const CANDIDATES = [
  passage('Die Miete ist am Ersten des Monats zu zahlen.', { id: 1, document: 1 }),
  passage('4711 | 12,50 | 8', { id: 2, document: 1 }),
  passage('The rent is due on the first of the month.', { id: 3, document: 2 }),
  passage('4711 | 12,50', { id: 4, document: 3 }),
];

it('tells languages, of a table without words by the rest of its document', () => {
  const { of, match } = languagesOf('How much is the rent?', CANDIDATES);
  expect([1, 2, 3, 4].map(of)).toEqual(['de', 'de', 'en', '']);
  expect([1, 2, 3, 4].map(match)).toEqual(['other', 'other', 'same', 'same']);
});

it('calls nothing foreign to a question that does not tell its language', () => {
  const { match } = languagesOf('IBAN?', CANDIDATES);
  expect([1, 2, 3, 4].map(match)).toEqual(['same', 'same', 'same', 'same']);
});
