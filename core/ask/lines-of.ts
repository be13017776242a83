import type { Range } from '../ingest/sentences.ts';

/**
 * The lines of a passage that stand for themselves: headings, rows of tables, items of lists, paragraphs. Lines that only
 * wrap, in the middle of a sentence, are one. For choosing a sentence to show, and what is shown around it.
 */
export function* linesOf(text: string): Generator<Range> {
  let start = 0;
  for (const { index, 0: found } of text.matchAll(/\n/g)) {
    if (!isBreak(text.slice(start, index), text.slice(index + 1))) continue;
    if (index > start) yield { start, end: index };
    start = index + found.length;
  }
  if (start < text.length) yield { start, end: text.length };
}

/** What begins a line of its own: an empty line, a heading, a list's sign or number, a box. */
const BEGINS = /^(?:\s*\n|\s*(?:[#|•*–-]|\d+[.)]|\(\w{1,3}\)|\[[ xX]?\])\s)/u;

function isBreak(above: string, below: string): boolean {
  const line = above.slice(above.lastIndexOf('\n') + 1);
  const next = below.slice(0, Math.max(0, below.indexOf('\n')) || below.length);
  if (wraps(line, next)) return false;
  return (
    BEGINS.test(below) ||
    line.includes(' | ') ||
    next.includes(' | ') ||
    /[|:]$/.test(line) ||
    /^#/.test(line) ||
    // A calendar entry's time, or a mail's.
    /\d{4}-\d\d-\d\d\)$/.test(line) ||
    line === ''
  );
}

/** A last cell of a row that is no longer than this does not take a second line. */
const SHORTEST_WRAPPED = 40;

/** True when the last cell of a row is running text that goes on in the next line, as in tables and numbered lists of a PDF. */
function wraps(line: string, next: string): boolean {
  const bar = line.lastIndexOf(' | ');
  if (bar < 0 || next.includes(' | ') || BEGINS.test(`${next}\n`)) return false;
  return line.length - bar > SHORTEST_WRAPPED && !/[.!?:;)]\s*$/u.test(line) && /^\p{Ll}/u.test(next);
}
