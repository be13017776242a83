import type { PdfChar } from './pdfium.ts';

/** A stretch of a line without a wide gap in it. Places are in points. */
export interface PdfCell {
  readonly text: string;
  readonly left: number;
  readonly right: number;
}

/** A line in PDFium's order. `size` is the height of its letters' boxes, `top` and `bottom` count from the page's bottom. */
export interface PdfLine {
  readonly cells: readonly PdfCell[];
  readonly size: number;
  readonly top: number;
  readonly bottom: number;
}

/** Blanks between words are a quarter of a letter's height, in justified text up to three quarters. */
const CELL_GAP = 1;

/** PDFium's guess of a hyphen at a line's end swallows the line break: the next character then stands on another line. */
const HYPHENS: ReadonlySet<string> = new Set(['\u0002', '\ufffe']);

/** Puts characters into lines, and lines into cells where a gap is wider than any blank. */
export function linesOf(chars: readonly PdfChar[]): PdfLine[] {
  const lines: PdfLine[] = [];
  let current: PdfChar[] = [];
  const end = () => {
    const line = lineOf(current);
    if (line) lines.push(line);
    current = [];
  };
  for (const char of chars) {
    if (char.char === '\n' || char.char === '\r') end();
    else {
      current.push(char);
      if (HYPHENS.has(char.char)) end();
    }
  }
  end();
  return lines;
}

function lineOf(chars: readonly PdfChar[]): PdfLine | undefined {
  const inked = chars.filter(({ char }) => char.trim() !== '' && !HYPHENS.has(char));
  if (inked.length === 0) return undefined;
  const heights = inked.map(({ top, bottom }) => Math.abs(top - bottom)).sort((a, b) => a - b);
  const size = heights[heights.length >> 1]!;
  return {
    cells: cellsOf(chars, size),
    size,
    top: inked.reduce((most, { top }) => Math.max(most, top), -Infinity),
    bottom: inked.reduce((least, { bottom }) => Math.min(least, bottom), Infinity),
  };
}

function cellsOf(chars: readonly PdfChar[], size: number): PdfCell[] {
  const cells: PdfCell[] = [];
  let text = '';
  let left = Infinity;
  let right = -Infinity;
  let last: PdfChar | undefined;
  const end = () => {
    if (text.trim() !== '') cells.push({ text: text.replace(/^\s+|\s+$/g, ''), left, right });
    text = '';
    left = Infinity;
    right = -Infinity;
  };
  for (const char of chars) {
    const blank = char.char.trim() === '' || HYPHENS.has(char.char);
    if (!blank) {
      // In text from right to left the next character stands before the last one.
      const gap = last ? Math.max(char.left - last.right, last.left - char.right) : 0;
      if (gap > size * CELL_GAP) end();
      left = Math.min(left, char.left);
      right = Math.max(right, char.right);
      last = char;
    }
    text += char.char;
  }
  end();
  return cells;
}
