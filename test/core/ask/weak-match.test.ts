import { expect, it } from 'vitest';
import { isNoMatch, isWeakMatch } from '../../../core/ask/weak-match.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { passage } from './household.ts';

const vectors = loadTokenVectors();
const ENGLISH = passage('The deposit of 2400 francs lies at the cantonal bank. The lease ends on 28 February 2029.');
const GERMAN = passage('Die Heizung wurde am 14. Oktober von der Firma Brandt gewartet. Die Rechnung ist bezahlt.', {
  id: 2,
});
const isWeak = (question: string, ...passages: (typeof ENGLISH)[]) => {
  const found = passages.map((one) => ({ passage: one, score: 1 }));
  return isWeakMatch({ found, coverage: 0 }, question, vectors);
};

it.each([
  ['Wie hoch ist die Kaution?', [ENGLISH]],
  ['How much is the deposit?', [ENGLISH, GERMAN]],
  ['When was the heating serviced?', [GERMAN]],
  ['Wer hat die Heizung gewartet?', [ENGLISH, GERMAN]],
])('%j is no weak match', (question, passages) => expect(isWeak(question, ...passages)).toBe(false));

it.each([
  ['who wrote Romeo and Juliet?', [ENGLISH, GERMAN]],
  ['Was ist die Hauptstadt von Australien?', [ENGLISH, GERMAN]],
  ['wie weit ist der Mond entfernt?', [ENGLISH, GERMAN]],
  ['what?', []],
])('%j is', (question, passages) => expect(isWeak(question, ...passages)).toBe(true));

it('finds nothing to show for letters struck at random, unless they stand somewhere', () => {
  const isNone = (question: string, ...passages: (typeof ENGLISH)[]) =>
    isNoMatch({ found: passages.map((one) => ({ passage: one, score: 1 })), coverage: 0 }, question);
  for (const question of ['hdjkshdkjsh', 'asdfasdf', 'qwrtz lkjhg?']) {
    expect(isNone(question, ENGLISH, GERMAN), question).toBe(true);
  }
  for (const question of ['Kaution', 'Zbrzezny', 'Herbst', 'GmbH', 'boiler', 'what?', 'Иванов', '左膝']) {
    expect(isNone(question, ENGLISH, GERMAN), question).toBe(false);
  }
  expect(isNone('hdjkshdkjsh', passage('The key is hdjkshdkjsh.'))).toBe(false);
  expect(isNone('Kaution')).toBe(true);
});
