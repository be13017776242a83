import type { Findings } from './find-passages.ts';
import { gramsOf } from './grams.ts';
import { guessLanguage } from './guess-language.ts';
import { tellingWords } from './telling-words.ts';

/** Below this, of both measures, nothing in the documents comes near the question. */
const FLOOR = 0.29;
/** The same where question and all candidates share one language: likeness is higher there, even by chance. */
const FLOOR_ONE_LANGUAGE = 0.38;
/** And where no candidate is in the question’s language: there likeness is low even for answers. */
const FLOOR_OTHER_LANGUAGE = 0.1;
/** Candidates that are looked at for words. */
const NEAREST = 10;
/** A word counts as held when this part of its grams is: another form of it is, a stranger is not. */
const HELD = 0.7;

/**
 * True when the documents clearly do not speak of what was asked: by MaxSim (works across languages) nothing comes near,
 * and no telling word of the question stands in one of the nearest passages (knows names and codes).
 *
 * What this cannot do: tell a question that its documents almost answer ("who built the boiler?" over a boiler's service
 * report) from one that they do. No retrieval score can (measured: area under the curve about 0.5). It only catches
 * questions about another world, and fewer of those the more documents there are; honesty about the rest comes from
 * reading the passages, and without a model from showing them and claiming nothing. The floors are set so that next to
 * no answerable question is refused.
 */
export function isClearMiss({ found, coverage }: Findings, question: string): boolean {
  if (found.length === 0) return true;
  if (coverage >= floorFor(guessLanguage(question), found)) return false;
  const words = tellingWords(question);
  return !found.slice(0, NEAREST).some(({ passage }) => {
    const held = new Set(gramsOf(`${passage.documentName}\n${passage.heading}\n${passage.text}`));
    return words.some((word) => heldShare(word, held) >= HELD);
  });
}

function floorFor(asked: string | undefined, found: Findings['found']): number {
  const written = found.map(({ passage }) => guessLanguage(passage.text)).filter((language) => language !== undefined);
  if (asked === undefined || written.length === 0) return FLOOR;
  if (written.every((language) => language === asked)) return FLOOR_ONE_LANGUAGE;
  return written.includes(asked) ? FLOOR : FLOOR_OTHER_LANGUAGE;
}

/** Part of a word's grams that a passage holds: an inflected word counts nearly whole, a stranger hardly at all. */
function heldShare(word: string, held: ReadonlySet<string>): number {
  const grams = gramsOf(word);
  return grams.filter((gram) => held.has(gram)).length / grams.length;
}
