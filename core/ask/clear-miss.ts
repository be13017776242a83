import type { Findings } from './find-passages.ts';
import { gramsOf } from './grams.ts';
import { guessLanguage } from './guess-language.ts';
import { tellingWords } from './telling-words.ts';

/** Below this, of both measures, nothing in the documents comes near the question. */
const FLOOR = 0.29;
/** The same where question and all candidates share one language: likeness is higher there, even by chance. */
const FLOOR_ONE_LANGUAGE = 0.38;
/** Candidates that are looked at. */
const NEAREST = 5;

/**
 * True when the documents clearly do not speak of what was asked. Looks at two things, and both must be low: MaxSim of
 * the best passage (works across languages), and how much of the question's telling words stands in one of the nearest
 * passages (knows names and codes).
 *
 * What this cannot do: tell a question that its documents almost answer ("who built the boiler?" over a boiler's service
 * report) from one that they do. No retrieval score can (measured: area under the curve about 0.5). It only catches
 * questions about another world; honesty about the rest comes from reading the passages, and without a model from
 * showing them and claiming nothing. The floors are set so that next to no answerable question is refused.
 */
export function isClearMiss({ found, coverage }: Findings, question: string): boolean {
  if (found.length === 0) return true;
  const asked = guessLanguage(question);
  const oneLanguage =
    asked !== undefined && found.every(({ passage }) => (guessLanguage(passage.text) ?? asked) === asked);
  const floor = oneLanguage ? FLOOR_ONE_LANGUAGE : FLOOR;
  if (coverage >= floor) return false;
  const words = tellingWords(question);
  if (words.length === 0) return false;
  return found.slice(0, NEAREST).every(({ passage }) => {
    const held = new Set(gramsOf(`${passage.documentName}\n${passage.heading}\n${passage.text}`));
    return words.reduce((sum, word) => sum + heldShare(word, held), 0) / words.length < floor;
  });
}

/** Part of a word's grams that a passage holds: an inflected word counts nearly whole, a stranger hardly at all. */
function heldShare(word: string, held: ReadonlySet<string>): number {
  const grams = gramsOf(word);
  return grams.filter((gram) => held.has(gram)).length / grams.length;
}
