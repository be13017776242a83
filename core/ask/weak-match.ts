import type { Findings } from './find-passages.ts';
import { gramsOf } from './grams.ts';
import { guessLanguage } from './guess-language.ts';
import { tellingWords } from './telling-words.ts';
import type { TokenVectors } from './token-vectors.ts';

/** Below this likeness to the question's telling words, nothing that was found comes near. */
const FLOOR = 0.38;
/** Candidates that are looked at for words. */
const NEAREST = 10;
/** A word counts as held when this part of its grams is: another form of it is, a stranger is not. */
const HELD = 0.7;

/**
 * True when what was found hardly has anything to do with what was asked: by MaxSim (works across languages) nothing comes
 * near, and no telling word of the question stands in one of the nearest passages (knows names and codes). Likeness is
 * taken of the telling words alone: "what is the" is alike to something in every passage.
 *
 * Never a reason to say that the documents don't tell: the answer may stand there in other words or another language. No
 * retrieval score can know (measured: area under the curve about 0.5); only a model that read the passages may say so. It
 * decides in which words passages are shown, and whether a file that was asked about is left for all the others.
 */
export function isWeakMatch({ found }: Findings, question: string, vectors: TokenVectors): boolean {
  if (found.length === 0) return true;
  const words = tellingWords(question);
  if (holdsAny(words, found.slice(0, NEAREST))) return false;
  if (!speaksLanguageOf(question, found)) return false;
  const lists = found.map(({ passage }, i) => ({ passage: i, pieces: vectors.pieces(passage.text) }));
  const asked = words.length > 0 ? words.join(' ') : question;
  return (vectors.maxSim(asked, lists, 1)[0]?.score ?? 0) < FLOOR;
}

/** Letters without a vowel, and runs along a keyboard's rows: no word of a language in Latin script. */
const NO_WORD = /^[bcdfghjklmnpqrstvwxzß]{5,}$|^(?:[bcdfghjklmnpqrstvwxz]*(?:asdf|sdfg|qwert|yxcv|zxcv|hjkl)\p{L}*)+$/u;

/**
 * True when there is nothing to show: nothing was found, or the question is letters struck at random ("hdjkshdkjsh") that
 * stand in nothing that was found. A word that a language might have is never such.
 */
export function isNoMatch({ found }: Findings, question: string): boolean {
  if (found.length === 0) return true;
  const words = tellingWords(question);
  return words.length > 0 && words.every((word) => NO_WORD.test(word)) && !holdsAny(words, found);
}

function holdsAny(words: readonly string[], found: Findings['found']): boolean {
  return found.some(({ passage: { documentName, heading, text } }) => {
    const grams = new Set(gramsOf(`${documentName}\n${heading}\n${text}`));
    return words.some((word) => heldShare(word, grams) >= HELD);
  });
}

/** False when no candidate is in the question's language: the likeness of an answer is as low there as that of anything. */
function speaksLanguageOf(question: string, found: Findings['found']): boolean {
  const asked = guessLanguage(question);
  const written = found
    .map(({ passage: { language, text } }) => language ?? guessLanguage(text) ?? '')
    .filter((language) => language !== '');
  return asked === undefined || written.length === 0 || written.includes(asked);
}

/** Part of a word's grams that a passage holds: an inflected word counts nearly whole, a stranger hardly at all. */
function heldShare(word: string, held: ReadonlySet<string>): number {
  const grams = gramsOf(word);
  return grams.filter((gram) => held.has(gram)).length / grams.length;
}
