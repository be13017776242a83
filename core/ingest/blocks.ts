import type { DocumentKind } from '../document.ts';
import { type Range, trimRange } from './sentences.ts';

/** A piece of a page by its outer form. `row` lines are kept whole; `level` 1-6 is set for headings, whose `title` has no marks. */
export interface Block extends Range {
  readonly type: 'heading' | 'row' | 'text';
  readonly level: number;
  readonly title: string;
}

/** Kinds without marks of their own; the others' extractors write headings as Markdown headings and table rows as cells parted by " | ". */
const PLAIN: ReadonlySet<DocumentKind> = new Set(['txt', 'image', 'zip']);
const LONGEST_TITLE = 120;
/** Longer lines are never headings or rows; it also keeps patterns off endless lines. */
const LONGEST_LINE = 4000;

interface Line extends Range {
  readonly text: string;
}

/** The blocks of one page, in order; blanks between them are left out. Lines of plain text run together until an empty line. */
export function* blocksOf(page: string, kind: DocumentKind): Generator<Block> {
  let open: { start: number; end: number } | undefined;
  let fence = false;
  for (const line of linesOf(page)) {
    if (kind === 'md' && /^(?:```|~~~)/.test(line.text)) fence = !fence;
    const own = line.text === '' ? undefined : blockOfLine(line, kind, fence);
    if (open && (own || line.text === '')) {
      yield textBlock(open);
      open = undefined;
    }
    if (own) yield own;
    else if (line.text !== '') open = { start: open?.start ?? line.start, end: line.end };
  }
  if (open) yield textBlock(open);
}

function textBlock({ start, end }: Range): Block {
  return { type: 'text', start, end, level: 0, title: '' };
}

/** undefined for a line that is part of running text. */
function blockOfLine({ start, end, text }: Line, kind: DocumentKind, fence: boolean): Block | undefined {
  if (PLAIN.has(kind) || fence || end - start > LONGEST_LINE) return undefined;
  const heading = /^(#{1,6})\s+(\S.*)$/.exec(text);
  if (heading) return { type: 'heading', start, end, level: heading[1]!.length, title: plainTitle(heading[2]!) };
  if (text.startsWith('|') || text.includes(' | ')) return { type: 'row', start, end, level: 0, title: '' };
  return undefined;
}

function plainTitle(marked: string): string {
  const title = marked
    .replace(/\s*#+$/, '')
    .replace(/[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}/g, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return title.length <= LONGEST_TITLE ? title : `${title.slice(0, LONGEST_TITLE - 1).toWellFormed()}…`;
}

function* linesOf(page: string): Generator<Line> {
  let at = 0;
  while (at < page.length) {
    const feed = page.indexOf('\n', at);
    const stop = feed < 0 ? page.length : feed;
    const range = trimRange(page, { start: at, end: stop });
    yield range
      ? { ...range, text: page.slice(range.start, Math.min(range.end, range.start + LONGEST_LINE)) }
      : { start: at, end: at, text: '' };
    at = stop + 1;
  }
}
