import { expect, it } from 'vitest';
import { isClearMiss } from '../../../core/ask/clear-miss.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { passage } from './household.ts';

const vectors = loadTokenVectors();
const ENGLISH = passage('The deposit of 2400 francs lies at the cantonal bank. The lease ends on 28 February 2029.');
const GERMAN = passage('Die Heizung wurde am 14. Oktober von der Firma Brandt gewartet. Die Rechnung ist bezahlt.', {
  id: 2,
});
const misses = (question: string, ...passages: (typeof ENGLISH)[]) => {
  const found = passages.map((one) => ({ passage: one, score: 1 }));
  return isClearMiss({ found, coverage: 0 }, question, vectors);
};

it.each([
  ['Wie hoch ist die Kaution?', [ENGLISH]],
  ['How much is the deposit?', [ENGLISH, GERMAN]],
  ['When was the heating serviced?', [GERMAN]],
  ['Wer hat die Heizung gewartet?', [ENGLISH, GERMAN]],
])('%j is not refused', (question, passages) => expect(misses(question, ...passages)).toBe(false));

it.each([
  ['who wrote Romeo and Juliet?', [ENGLISH, GERMAN]],
  ['Was ist die Hauptstadt von Australien?', [ENGLISH, GERMAN]],
  ['wie weit ist der Mond entfernt?', [ENGLISH, GERMAN]],
  ['what?', []],
])('%j is', (question, passages) => expect(misses(question, ...passages)).toBe(true));
