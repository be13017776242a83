import { isLetterhead, isWholeLetterhead } from '../core/ask/letterhead.ts';
import { linesOf } from '../core/ask/lines-of.ts';
import { partsBetweenMargins } from '../core/page-margins.ts';

/** Offsets into a passage, end exclusive. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * The stretch of a passage that may be shown around its best sentence: up to the next section, which is about something else
 * (the next entry of a calendar), and without the head and foot of a letter or page, unless the sentence stands in these
 * itself. Used by `extract`.
 */
export function quotedStretch(passage: string, best: Stretch): Stretch {
  const part = partsBetweenMargins(passage).find(({ end }) => best.start < end) ?? { start: 0, end: passage.length };
  const stretch = { start: part.start, end: endOfSection(passage.slice(0, part.end), best) };
  return isLetterhead(passage.slice(best.start, best.end)) ? stretch : withoutLetterheads(passage, best, stretch);
}

const HEADINGS = /^\s*(#{1,6}) /gm;

/** Where the section of a sentence ends: at the next heading that is no lower than its own; at any where its own is not there. */
function endOfSection(text: string, best: Stretch): number {
  const headings = [...text.matchAll(HEADINGS)].map(({ index, 1: marks = '' }) => ({ index, level: marks.length }));
  const own = headings.findLast(({ index }) => index < best.start)?.level ?? Infinity;
  return headings.find(({ index, level }) => index >= best.end && level <= own)?.index ?? text.length;
}

function withoutLetterheads(passage: string, best: Stretch, { start, end }: Stretch): Stretch {
  let from = start;
  for (const line of linesOf(passage.slice(start, end))) {
    const own = { start: start + line.start, end: start + line.end };
    if (!isWholeLetterhead(passage.slice(own.start, own.end))) continue;
    if (own.start >= best.end) return { start: from, end: own.start };
    if (own.end <= best.start) from = own.end;
  }
  return { start: from, end };
}
