import type { PdfCell, PdfLine } from './pdf-lines.ts';

/** Points by which edges of one column may differ. */
const ALIGNED = 3;
/** Two columns of prose are told from a table by their number of lines, most of which fill the column up to the gutter. */
const PROSE_LINES = 5;
const PROSE_FILLED = 0.6;
const GUTTER = 3;
const LONGEST_HEADING = 120;

/** Sizes of headings in a document, largest first; the place is the level (0-based). */
export interface HeadingSizes {
  readonly body: number;
  readonly sizes: readonly number[];
}

/** What is larger than this, times the running text, is a heading. */
const HEADING_FACTOR = 1.15;
const SAME_SIZE = 0.06;

/** Tells the size of running text (by letters) and the sizes above it that short lines have. */
export function headingSizes(pages: readonly (readonly PdfLine[])[]): HeadingSizes {
  const letters = new Map<number, number>();
  for (const line of pages.flat()) {
    const size = Math.round(line.size * 4) / 4;
    letters.set(size, (letters.get(size) ?? 0) + textOf(line).length);
  }
  const body = [...letters].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [0, 0])[0];
  const larger = [...letters.keys()].filter((size) => size > body * HEADING_FACTOR).sort((a, b) => b - a);
  const sizes: number[] = [];
  for (const size of larger) if (sizes.length === 0 || size < sizes.at(-1)! * (1 - SAME_SIZE)) sizes.push(size);
  return { body, sizes };
}

/** The text of a page: headings as Markdown headings, table rows with cells parted by " | ", blank lines between paragraphs. */
export function layOut(lines: readonly PdfLine[], headings: HeadingSizes): string {
  const ordered = splitColumns(lines);
  const rows = ordered.map((line, index) => isRow(ordered, index) && line.cells.length > 1);
  const gap = medianGap(ordered);
  let text = '';
  let previous: { line: PdfLine; level: number } | undefined;
  for (const [index, line] of ordered.entries()) {
    const level = rows[index] ? 0 : headingLevel(line, headings);
    const words = line.cells.map((cell) => cell.text).join(rows[index] ? ' | ' : ' ');
    if (previous) text += separator(previous, { line, level }, gap);
    // A heading that takes two lines is one heading.
    text += level > 0 && !(previous?.level === level && text.endsWith(' ')) ? `${'#'.repeat(level)} ${words}` : words;
    previous = { line, level };
  }
  return text;
}

function separator(
  previous: { line: PdfLine; level: number },
  next: { line: PdfLine; level: number },
  gap: number,
): string {
  const space = previous.line.bottom - next.line.top;
  if (previous.level > 0 && previous.level === next.level && space < next.line.size * 0.6 && space > -next.line.size)
    return ' ';
  if (previous.level > 0 || next.level > 0) return '\n\n';
  return space > gap + next.line.size * 0.5 ? '\n\n' : '\n';
}

function headingLevel(line: PdfLine, { body, sizes }: HeadingSizes): number {
  const text = textOf(line);
  if (line.size <= body * HEADING_FACTOR || text.length > LONGEST_HEADING || !/\p{L}{2}/u.test(text)) return 0;
  const place = sizes.findIndex((size) => line.size >= size * (1 - SAME_SIZE));
  return place < 0 ? 0 : Math.min(place + 1, 6);
}

function textOf(line: PdfLine): string {
  return line.cells.map(({ text }) => text).join(' ');
}

/** A line with gaps is a table's row when a neighbour has a gap at the same place; a lone wide blank says nothing. */
function isRow(lines: readonly PdfLine[], index: number): boolean {
  const { cells } = lines[index]!;
  // Cells that take several lines stand between the rows.
  const near = [-4, -3, -2, -1, 1, 2, 3, 4].map((step) => lines[index + step]).filter((line) => line !== undefined);
  return near.some((line) => line.cells.length > 1 && cells.some((cell, i) => i > 0 && hasColumn(line.cells, cell)));
}

function hasColumn(cells: readonly PdfCell[], { left, right }: PdfCell): boolean {
  const middle = (left + right) / 2;
  return cells.some(
    (cell) =>
      Math.abs(cell.left - left) < ALIGNED ||
      Math.abs(cell.right - right) < ALIGNED ||
      Math.abs((cell.left + cell.right) / 2 - middle) < ALIGNED,
  );
}

/** Where a file draws two columns of prose line by line across both, the left one is read first. */
function splitColumns(lines: readonly PdfLine[]): PdfLine[] {
  const ordered: PdfLine[] = [];
  let at = 0;
  while (at < lines.length) {
    const end = endOfColumns(lines, at);
    if (end - at < PROSE_LINES) {
      ordered.push(lines[at++]!);
      continue;
    }
    const both = lines.slice(at, end);
    for (const column of [0, 1]) {
      for (const line of both) {
        const cell = line.cells[column];
        if (cell) ordered.push({ ...line, cells: [cell] });
      }
    }
    at = end;
  }
  return ordered;
}

/** End of the run of lines from `start` that have two cells, the second always beginning at the same place. */
function endOfColumns(lines: readonly PdfLine[], start: number): number {
  const [one, two] = lines[start]!.cells;
  if (!one || !two) return start;
  // In right-to-left text the first column is the right one, and a column begins at its right edge.
  const isRtl = two.left < one.left;
  const edge = (cell: PdfCell) => (isRtl ? cell.right : cell.left);
  let end = start;
  let filled = 0;
  for (; end < lines.length; end++) {
    const { cells } = lines[end]!;
    if (cells.length !== 2 || Math.abs(edge(cells[1]!) - edge(two)) > ALIGNED) break;
    const gutter = isRtl ? cells[0]!.left - edge(two) : edge(two) - cells[0]!.right;
    if (gutter < lines[end]!.size * GUTTER) filled++;
  }
  return filled >= PROSE_FILLED * (end - start) ? end : start;
}

/** The usual space between two lines that follow each other. */
function medianGap(lines: readonly PdfLine[]): number {
  const gaps: number[] = [];
  for (let i = 1; i < lines.length; i++) {
    const gap = lines[i - 1]!.bottom - lines[i]!.top;
    if (gap > -lines[i]!.size && gap < lines[i]!.size * 3) gaps.push(gap);
  }
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? 0;
}
