import { expect, it } from 'vitest';
import { bestSentence } from '../../../core/ask/best-sentence.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';

const vectors = loadTokenVectors();
const LEASE = [
  'The lease of the flat in Mill Road began on 1 March 2021.',
  'The deposit of 2400 francs lies at the cantonal bank.',
  'Pets are allowed after asking the landlord.\n\n# Heating\nThe boiler is serviced every autumn.',
].join(' ');
const best = (question: string, text = LEASE) => {
  const range = bestSentence(text, question, vectors);
  return range && text.slice(range.start, range.end);
};

it.each([
  ['How much is the deposit?', /^The deposit of 2400 francs/],
  ['Wie hoch ist die Kaution?', /^The deposit of 2400 francs/],
  ['When did the lease begin?', /^The lease of the flat/],
  ['Are dogs allowed?', /^Pets are allowed/],
  ['When is the heating serviced?', /^The boiler is serviced/],
])('%j', (question, sentence) => expect(best(question)).toMatch(sentence));

it('is none where there is no choice, or nothing in common', () => {
  expect(best('deposit?', 'The deposit is 2400 francs.')).toBeUndefined();
  expect(best('deposit?', '')).toBeUndefined();
});
