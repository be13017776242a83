import type { FoundPassage } from './found-passage.ts';

/** Taken off for each passage of the same page that stands before: the second one seldom says what the first did not. */
const SAME_PAGE = 0.05;

/** Passages that are told apart by a group of theirs, and what each one of a group that stands before takes off. */
export interface Apart {
  readonly groupOf: (passage: number) => string;
  readonly cost: number;
}

/**
 * Orders candidates (best first) so that one page does not fill the first places: a question about two files finds
 * both, and a wrong page costs one place rather than three. `apart`: the same for another group. At most `limit`; scores
 * are those after the deductions. Pure.
 */
export function spreadOut(candidates: readonly FoundPassage[], limit: number, apart?: Apart): FoundPassage[] {
  const left = new Set(candidates);
  const [pages, groups] = [new Map<string, number>(), new Map<string, number>()];
  const groupOf = ({ passage }: FoundPassage) => apart?.groupOf(passage.id) ?? '';
  const cost = (from: FoundPassage) =>
    SAME_PAGE * (pages.get(pageOf(from)) ?? 0) + (apart?.cost ?? 0) * (groups.get(groupOf(from)) ?? 0);
  const spread: FoundPassage[] = [];
  while (spread.length < limit && left.size > 0) {
    let best: { from: FoundPassage; score: number } | undefined;
    for (const from of left) {
      const score = from.score - cost(from);
      if (!best || score > best.score) best = { from, score };
      // They come best first: none behind this one can have more than its own score.
      else if (from.score <= best.score) break;
    }
    const { from, score } = best!;
    left.delete(from);
    pages.set(pageOf(from), (pages.get(pageOf(from)) ?? 0) + 1);
    groups.set(groupOf(from), (groups.get(groupOf(from)) ?? 0) + 1);
    spread.push({ passage: from.passage, score });
  }
  return spread;
}

function pageOf({ passage }: FoundPassage): string {
  return `${passage.document} ${passage.page}`;
}
