import { expect, it } from 'vitest';
import { checkAnswer } from '../../../core/ask/check-answer.ts';
import { evidenceOf } from '../../../core/ask/check-sentence.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { passage } from './household.ts';

const vectors = loadTokenVectors();
const RENT = 'The rent is 800 euros, the deposit 2400 euros. Heating is 90 euros a month and water 25 euros.';
const NOTICE = 'Notice by the tenant is three months. Notice by the landlord is six months.';
const TABLE = 'Hall | 120 euros | Saturday\nKitchen | 45 euros | Sunday';
const KURS =
  'Der Schwimmkurs beginnt um 16:30 Uhr, das Turnen um 18:00 Uhr. Die Gebühr beträgt 45 Euro, die Kaution 20 Euro.';

it.each([
  [RENT, 'What are the costs?', 'The deposit is 800 euros [1].', 'The deposit is 2400 euros [1].'],
  [RENT, 'What are the costs?', 'Water is 90 euros [1].', 'Water is 25 euros [1].'],
  [RENT, 'How much is the deposit?', 'It is 800 euros [1].', 'It is 2400 euros [1].'],
  [
    NOTICE,
    'What is the notice?',
    'The tenant gives notice of six months [1].',
    'The tenant gives notice of three months [1].',
  ],
  [TABLE, 'What does the hall cost?', 'It is 45 euros [1].', 'It is 120 euros [1].'],
  [KURS, 'Wann beginnt was?', 'Das Turnen beginnt um 16:30 Uhr [1].', 'Das Turnen beginnt um 18:00 Uhr [1].'],
  [KURS, 'Was kostet es?', 'Die Kaution beträgt 45 Euro [1].', 'Die Kaution beträgt 20 Euro [1].'],
])('a value of something else in the same passage does not stand: %j', (text, question, swapped, right) => {
  const language = text === KURS ? 'de' : 'en';
  const evidence = evidenceOf([passage(text)], { question, language, vectors });
  expect(checkAnswer(swapped, evidence).text).toBe('');
  expect(checkAnswer(right, evidence).text).toBe(right);
});

it.each([
  [RENT, 'The rent is 800 euros and the deposit 2400 euros [1].'],
  [RENT, 'Altogether 800 euros are due for the flat [1].'],
  ['Boiler service, 14 May 2025\nAmount: 289.50 EUR\nVAT: 46.22 EUR', 'The boiler service cost 289.50 EUR [1].'],
])('a value that belongs to what is said of it stands: %j, %j', (text, said) => {
  const evidence = evidenceOf([passage(text)], { question: 'What does it say?', language: 'en', vectors });
  expect(checkAnswer(said, evidence).text).toBe(said);
});
