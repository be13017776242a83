import type { Passage } from '../document.ts';
import { wordsOf } from './grams.ts';
import { tellingWords } from './telling-words.ts';
import type { TokenVectors } from './token-vectors.ts';

/** An answer whose marks point at passages that exist. `cited` holds their numbers, ascending. */
export interface CheckedAnswer {
  readonly text: string;
  readonly cited: readonly number[];
}

/** The ways in which models write marks: [1], [1, 2], [^1], 【1】, [Passage 1], [Quelle 1]. */
const MARK =
  /[[【]\s*\^?(?:passages?|sources?|quellen?|passagen?)?\s*((?:\d{1,3}\s*(?:[,;&]|and|und|[-–])?\s*)+)(?:†[^\]】]*)?[\]】]/giu;

/**
 * Brings all marks into the form [n][m] and removes those that point at no passage. `count` is how many passages the
 * prompt held. A number in brackets that is not a mark at all (a year) is left alone.
 */
export function checkCitations(text: string, count: number): CheckedAnswer {
  const cited = new Set<number>();
  const marked = text.replace(MARK, (whole, inner: string) => {
    const numbers = (inner.match(/\d+/g) ?? []).map(Number);
    if (numbers.some((number) => number > 99)) return whole;
    const known = [...new Set(numbers)].filter((number) => number >= 1 && number <= count);
    for (const number of known) cited.add(number);
    return known.map((number) => `[${number}]`).join('');
  });
  const tidy = marked
    .replace(/[ \t]+(?=[.,;:!?](?:\s|$))/g, '')
    .replace(/[ \t]+$/gm, '')
    .trim();
  return { text: tidy, cited: [...cited].sort((a, b) => a - b) };
}

/** What support is checked against. */
export interface SupportParts {
  readonly question: string;
  readonly passages: readonly Passage[];
  readonly vectors: TokenVectors;
}

/** This part of a sentence's own words in one passage supports it. */
const SHARE = 0.5;
/** This likeness by MaxSim supports it too: the answer may be in another language than the passage. */
const LIKENESS = 0.5;

/**
 * Numbers (from 1) of the passages that support an answer, ascending; [] when nothing does, which makes an uncited
 * answer `nothing`. A sentence counts by what it adds to the question: repeating the question proves nothing, and so
 * "the documents do not mention the boiler" finds no support. An answer that names numbers, none of which stands in any
 * passage or in the question, is invented and has no support at all.
 */
export function supportOf(answer: string, { question, passages, vectors }: SupportParts): number[] {
  const asked = wordsOf(question);
  const held = passages.map(
    (passage) => new Set(wordsOf(`${passage.documentName} ${passage.heading} ${passage.text}`)),
  );
  if (inventsNumbers(answer, asked, held)) return [];
  const supporting = new Set<number>();
  for (const sentence of answer.split(/(?<=[.!?。！？])\s+|\n+/u)) {
    const own = ownWords(sentence, asked);
    if (own.length === 0) continue;
    const best = bestByWords(own, held) ?? bestByLikeness(own, passages, vectors);
    if (best !== undefined) supporting.add(best + 1);
  }
  return [...supporting].sort((a, b) => a - b);
}

function inventsNumbers(answer: string, asked: readonly string[], held: readonly Set<string>[]): boolean {
  const numbers = wordsOf(answer.replace(/\[\d+\]/g, ' ')).filter((word) => /^\p{N}{2,}$/u.test(word));
  return (
    numbers.length > 0 && !numbers.some((number) => asked.includes(number) || held.some((words) => words.has(number)))
  );
}

/** What a sentence says beyond the question. */
function ownWords(sentence: string, asked: readonly string[]): string[] {
  const isAsked = (word: string) => asked.some((other) => isSameWord(word, other));
  return tellingWords(sentence.replace(/\[\d+\]/g, ' ')).filter((word) => !isAsked(word));
}

/** Equal, or forms of one word as far as a common beginning tells: "end" and "ends"; never two numbers. */
function isSameWord(a: string, b: string): boolean {
  if (a === b) return true;
  if (/\p{N}/u.test(a + b)) return false;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  return same >= 3 && same >= 0.6 * Math.max(a.length, b.length);
}

function bestByWords(own: readonly string[], held: readonly Set<string>[]): number | undefined {
  const shares = held.map((words) => own.filter((word) => words.has(word)).length / own.length);
  const most = Math.max(...shares);
  return most >= SHARE ? shares.indexOf(most) : undefined;
}

function bestByLikeness(
  own: readonly string[],
  passages: readonly Passage[],
  vectors: TokenVectors,
): number | undefined {
  const lists = passages.map((passage, i) => ({ passage: i, pieces: vectors.pieces(passage.text) }));
  const best = vectors.maxSim(own.join(' '), lists, 1)[0];
  return best && best.score >= LIKENESS ? best.passage : undefined;
}
