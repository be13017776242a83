import type { PdfLine } from './pdf-lines.ts';

/** Part of a page, from its upper and lower edge, in which running headers and footers stand. */
const MARGIN = 0.12;
const SAME_PLACE = 3;
/** Below this number of pages a line said twice may be meant. */
const FEWEST_PAGES = 2;

/** Lines of one page, and the page's height in points. */
export interface PageLines {
  readonly lines: readonly PdfLine[];
  readonly height: number;
}

/**
 * Drops headers and footers that more than half of the pages repeat at the same place, but keeps them where they stand
 * first. Only the page's own number may differ, counted from any page: an amount in the same place on every page is no running line.
 */
export function dropRunningLines(pages: readonly PageLines[]): PdfLine[][] {
  if (pages.length < FEWEST_PAGES) return pages.map(({ lines }) => [...lines]);
  const seen = new Map<string, number>();
  for (const [index, page] of pages.entries()) {
    for (const key of new Set(
      page.lines.flatMap((line) => keysOf(line, page.height, { index, pages: pages.length })),
    )) {
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
  }
  const kept = new Set<string>();
  return pages.map(({ lines, height }, index) =>
    lines.filter((line) => {
      const key = keysOf(line, height, { index, pages: pages.length }).find(
        (each) => seen.get(each)! > pages.length / 2,
      );
      if (key === undefined || !kept.has(key)) {
        if (key !== undefined) kept.add(key);
        return true;
      }
      return false;
    }),
  );
}

/**
 * Text and place of a line in a margin: the text as it stands, and once for each number that may be the page's, with how far
 * it is from the page's place in the file instead. Two keys each, so that places on both sides of a step still meet.
 */
function keysOf(
  { cells, top, bottom }: PdfLine,
  height: number,
  { index, pages }: { index: number; pages: number },
): string[] {
  const middle = (top + bottom) / 2;
  if (middle > height * MARGIN && middle < height * (1 - MARGIN)) return [];
  const text = cells.map((cell) => cell.text).join(' ');
  const texts = [text];
  for (const { 0: digits, index: at } of text.matchAll(/\d+/g)) {
    const number = Number(digits);
    if (number < 1 || number > pages) continue;
    texts.push(`${text.slice(0, at)}#${number - index}#${text.slice(at + digits.length)}`);
  }
  const place = middle / SAME_PLACE;
  return texts.flatMap((each) => [`${Math.floor(place)} ${each}`, `r${Math.round(place)} ${each}`]);
}
