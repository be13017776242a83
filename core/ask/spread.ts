import type { FoundPassage } from './found-passage.ts';

/** Taken off for each passage of the same page that stands before: the second one seldom says what the first did not. */
const SAME_PAGE = 0.05;

/**
 * Orders candidates (best first) so that one page does not fill the first places: a question about two files finds
 * both, and a wrong page costs one place rather than three. At most `limit`; scores are those after the deduction. Pure.
 */
export function spreadOut(candidates: readonly FoundPassage[], limit: number): FoundPassage[] {
  const left = new Set(candidates);
  const taken = new Map<string, number>();
  const spread: FoundPassage[] = [];
  while (spread.length < limit && left.size > 0) {
    let best: { from: FoundPassage; score: number } | undefined;
    for (const from of left) {
      const score = from.score - SAME_PAGE * (taken.get(pageOf(from)) ?? 0);
      if (!best || score > best.score) best = { from, score };
      // They come best first: none behind this one can have more than its own score.
      else if (from.score <= best.score) break;
    }
    const { from, score } = best!;
    left.delete(from);
    taken.set(pageOf(from), (taken.get(pageOf(from)) ?? 0) + 1);
    spread.push({ passage: from.passage, score });
  }
  return spread;
}

function pageOf({ passage }: FoundPassage): string {
  return `${passage.document} ${passage.page}`;
}
