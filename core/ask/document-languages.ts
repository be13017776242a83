import { guessLanguage } from './guess-language.ts';

/**
 * Codes of the languages that a tenth of a document's passages or more are written in, the most frequent first; passages
 * that tell none don't count. [] when nothing tells it. For `!show` and `kinkeeper read`.
 */
export function documentLanguages(passages: Iterable<{ readonly text: string }>): string[] {
  const counts = new Map<string, number>();
  for (const { text } of passages) {
    const guessed = guessLanguage(text);
    if (guessed !== undefined) counts.set(guessed, (counts.get(guessed) ?? 0) + 1);
  }
  const told = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts]
    .filter(([, count]) => count >= told / 10)
    .sort(([, a], [, b]) => b - a)
    .map(([guessed]) => guessed);
}
