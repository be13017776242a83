import { wordsOf } from './grams.ts';
import { isStopWord } from './guess-language.ts';

/** Distinct words of a text that say something: no stop words, no crumbs of one or two Latin letters. */
export function tellingWords(text: string): string[] {
  return [...new Set(wordsOf(text))].filter(
    (word) => !isStopWord(word) && (word.length > 2 || /\P{Script=Latin}/u.test(word)),
  );
}
