import { withoutPageNumber } from '../page-margins.ts';
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

/** The lines of a page: its text, and what of its margins is kept here because it stands here first. */
export interface PartedPage {
  readonly above: readonly PdfLine[];
  readonly text: readonly PdfLine[];
  readonly below: readonly PdfLine[];
}

/**
 * Parts headers and footers, which more than half of the pages repeat at the same place, from the text of pages, and keeps
 * them only where they stand first, without the page's number. Only that number may differ, counted from any page: an
 * amount in the same place on every page is no running line.
 */
export function partRunningLines(pages: readonly PageLines[]): PartedPage[] {
  if (pages.length < FEWEST_PAGES) return pages.map(({ lines }) => ({ above: [], text: lines, below: [] }));
  const seen = new Map<string, number>();
  for (const [index, page] of pages.entries()) {
    for (const key of new Set(
      page.lines.flatMap((line) => keysOf(line, page.height, { index, pages: pages.length })),
    )) {
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
  }
  const kept = new Set<string>();
  return pages.map(({ lines, height }, index) => {
    const page = { above: [] as PdfLine[], text: [] as PdfLine[], below: [] as PdfLine[] };
    for (const line of lines) {
      const key = keysOf(line, height, { index, pages: pages.length }).find(
        (each) => seen.get(each)! > pages.length / 2,
      );
      if (key === undefined) page.text.push(line);
      else if (!kept.has(key)) {
        kept.add(key);
        page[line.top > height / 2 ? 'above' : 'below'].push(...unnumbered(line));
      }
    }
    return page;
  });
}

/** A running line without the page's number; none when it holds no more than that. */
function unnumbered(line: PdfLine): PdfLine[] {
  const cells = line.cells
    .map((cell) => ({ ...cell, text: withoutPageNumber(cell.text) }))
    .filter(({ text }) => text !== '');
  return cells.length === 0 ? [] : [{ ...line, cells }];
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
