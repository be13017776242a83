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

it('takes a row of a table whole, and not the rows beside it', () => {
  const table =
    'Who | When | Where\nPaper | Monday. 10:00 | gate\nGlass | Tuesday. 14:00 | corner\nThe lorry comes early.';
  expect(best('When is the glass collected?', table)).toBe('Glass | Tuesday. 14:00 | corner');
});

it.each([
  [
    'When is the waste collection?',
    'The next collection is on Thursday, and then every two weeks.',
    'Waste collection Aldmoor, Tel. 01999 555 010, www.aldmoor.example',
    'What is the phone number of the waste collection?',
  ],
  [
    'When is the membership fee due?',
    'The annual fee of 80 euros is due in March.',
    'Choir of Aldmoor, membership fee to IBAN DE00 4170 0000 0931 7244 16',
    'To which IBAN goes the membership fee?',
  ],
  [
    'What did Brandt repair?',
    'We repaired the heating in your flat on Monday.',
    'Brandt Heating Repairs Ltd, registered in England, company no. 123456, page 1 of 2',
    'Under which register number is Brandt Heating Repairs?',
  ],
])('leaves the foot of a letter behind what it says: %j', (question, says, foot, asksForFoot) => {
  expect(best(question, `${says}\n\n${foot}`)).toBe(says);
  expect(best(asksForFoot, `${says}\n\n${foot}`)?.slice(0, 12)).toBe(foot.slice(0, 12));
});

it('looks for a figure where one is asked for', () => {
  const text = 'The board sets the fee. The fee is 80 euros a year, says the letter of the treasurer.';
  expect(best('How much is the fee?', text)).toMatch(/80 euros/);
  expect(best('Who sets the fee?', text)).toBe('The board sets the fee.');
});

it('goes on behind a line that only wraps, in running text and in the last cell of a row', () => {
  const running = 'The guarantee is long. The next service is\ndue no later than 14 October 2025. We thank you.';
  expect(best('When is the next service due?', running)).toBe(
    'The next service is\ndue no later than 14 October 2025.',
  );
  const row = '4 | The guarantee needs a yearly service. The next service is\ndue no later than 14 October 2025.';
  expect(best('When is the next service due?', `3 | Top up with the blue key.\n${row}\n5 | Thanks.`)).toBe(row);
});
