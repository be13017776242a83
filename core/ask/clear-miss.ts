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
 * True when the documents clearly do not speak of what was asked: by MaxSim (works across languages) nothing comes near,
 * and no telling word of the question stands in one of the nearest passages (knows names and codes). Likeness is taken of
 * the telling words alone: "what is the" is alike to something in every passage.
 *
 * What this cannot do: tell a question that its documents almost answer ("who built the boiler?" over a boiler's service
 * report) from one that they do. No retrieval score can (measured: area under the curve about 0.5). It only catches
 * questions about another world, and fewer of those the more documents there are; honesty about the rest comes from
 * reading the passages, and without a model from showing them and claiming nothing. The floors are set so that next to
 * no answerable question is refused: one of 118 over a household in nine languages, for 7 of 24 about another world
 * (before, with the likeness of whole questions: none, for 2 of 24).
 */
export function isClearMiss({ found }: Findings, question: string, vectors: TokenVectors): boolean {
  if (found.length === 0) return true;
  const words = tellingWords(question);
  const held = found
    .slice(0, NEAREST)
    .map(({ passage }) => new Set(gramsOf(`${passage.documentName}\n${passage.heading}\n${passage.text}`)));
  if (held.some((grams) => words.some((word) => heldShare(word, grams) >= HELD))) return false;
  if (!speaksLanguageOf(question, found)) return false;
  const lists = found.map(({ passage }, i) => ({ passage: i, pieces: vectors.pieces(passage.text) }));
  const asked = words.length > 0 ? words.join(' ') : question;
  return (vectors.maxSim(asked, lists, 1)[0]?.score ?? 0) < FLOOR;
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
