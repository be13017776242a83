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
  return (
    BEGINS.test(below) ||
    line.includes(' | ') ||
    next.includes(' | ') ||
    /[|:]$/.test(line) ||
    /^#/.test(line) ||
    line === ''
  );
}
