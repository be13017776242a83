import { guessLanguage, isStopWordOf } from './guess-language.ts';

/** Signs around a word, not those inside of codes and contractions ("E:24", "what's"): these are no stop words. */
const AROUND = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/**
 * The stop words of a question in its own language (in any, where nothing tells it), as they stand between blanks, in NFKC
 * and lower case ("is", "it?"). Empty when it has no other words, which are then all there is to look for. "How much is
 * the rent?" is about the rent, and must not find the paper that says "how much" most often. Called by findPassages.
 */
export function stopWordsIn(question: string): ReadonlySet<string> {
  const language = guessLanguage(question);
  const [words, stopWords] = [new Set<string>(), new Set<string>()];
  for (const [word] of folded(question).matchAll(/\S+/gu)) {
    const bare = word.replace(AROUND, '');
    if (bare === '') continue;
    words.add(word);
    if (isStopWordOf(language, bare)) stopWords.add(word);
  }
  return stopWords.size < words.size ? stopWords : new Set();
}

/** A question without its stop words, as `stopWordsIn` tells them. Called by findPassages. */
export function withoutStopWords(question: string): string {
  const stopWords = stopWordsIn(question);
  return question
    .split(/\s+/u)
    .filter((word) => !stopWords.has(folded(word)))
    .join(' ');
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
