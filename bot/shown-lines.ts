import { linesOf } from '../core/ask/lines-of.ts';
import { plainRows } from '../core/plain-rows.ts';
import { plainTimes } from '../core/plain-times.ts';

/** Drawn lines ("=====", "....."): three of them say as much. */
const RULES = /([^\p{L}\p{N}\s])\1{3,}/gu;
/** The same with blanks (". . . . ."), as between a heading and its page in a table of contents. */
const SPACED_RULES = /([^\p{L}\p{N}\s])(?:\s\1){3,}/gu;

/** How Word's and web pages' headings are marked in stored text. */
const HEADING_MARKS = /^#{1,6} /gm;

/** How the cells of a row are parted. */
export const CELLS = ' | ';
/** Lines and rows that are drawn: between a table's head and its rows, rows of dots, breaks. */
const DRAWN = /^[|\s:;.,•·∙◦*=_~─━═—–+#-]+$/u;

/** Two pieces of shown text, on one line unless one is a row of a table. */
export function joined(first: string, second: string): string {
  if (first === '' || second === '') return first + second;
  const isParted = isRow(first.slice(first.lastIndexOf('\n') + 1)) || isRow(firstLine(second));
  return `${first}${isParted ? '\n' : ' '}${second}`;
}

/** A text up to its first line break. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}

/** True for the row of a table, as it stands in stored text. */
export function isRow(line: string): boolean {
  return line.includes(CELLS);
}

/** Running text on one line, each row of a table on a line of its own; without what stands there only for finding. */
export function shownLines(text: string): string {
  const plain = plainTimes(plainRows(text));
  let shown = '';
  for (const { start, end } of linesOf(plain)) {
    const line = oneLine(plain.slice(start, end));
    if (!DRAWN.test(line)) shown = joined(shown, line);
  }
  return shown;
}

function oneLine(text: string): string {
  return text
    .replace(HEADING_MARKS, '')
    .replace(/\s+/gu, ' ')
    .replace(SPACED_RULES, '…')
    .replace(RULES, '$1$1$1')
    .trim();
}
