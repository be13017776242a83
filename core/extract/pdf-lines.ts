import { type Glyph, isRtl, readingOrder, visualGlyphs } from './pdf-bidi.ts';
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

/**
 * Puts characters into lines, and lines into cells where a gap is wider than any blank. Cells stand in the order of
 * reading: from the right where the line is written so.
 */
export function linesOf(chars: readonly PdfChar[]): PdfLine[] {
  const lines: PdfLine[] = [];
  const isRtlPage = leansRight(chars);
  let current: PdfChar[] = [];
  const end = () => {
    const line = lineOf(current, isRtlPage);
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

function isInked({ char }: Pick<PdfChar, 'char'>): boolean {
  return char.trim() !== '' && !HYPHENS.has(char);
}

function lineOf(chars: readonly PdfChar[], isRtlPage: boolean): PdfLine | undefined {
  const inked = chars.filter(isInked);
  if (inked.length === 0) return undefined;
  const heights = inked.map(({ top, bottom }) => Math.abs(top - bottom)).sort((a, b) => a - b);
  const size = heights[heights.length >> 1]!;
  return {
    cells: cellsOf(chars, size, isRtlPage),
    size,
    top: inked.reduce((most, { top }) => Math.max(most, top), -Infinity),
    bottom: inked.reduce((least, { bottom }) => Math.min(least, bottom), Infinity),
  };
}

/** True when most letters are of a script that is written from right to left. */
function leansRight(chars: readonly PdfChar[]): boolean {
  let balance = 0;
  for (const { char } of chars) if (/\p{L}/u.test(char)) balance += isRtl(char) ? 1 : -1;
  return balance > 0;
}

/** PDFium's order is that of reading, but for lines with right-to-left words: those are put in order by their places. */
function cellsOf(chars: readonly PdfChar[], size: number, isRtlPage: boolean): PdfCell[] {
  const hasRtl = chars.some(({ char }) => isRtl(char));
  const hasLetters = hasRtl || chars.some(({ char }) => /\p{L}/u.test(char));
  const isRtlLine = hasRtl ? isRtlPage || leansRight(chars) : isRtlPage && !hasLetters;
  if (!hasRtl && !isRtlLine) return cellsFromLeft(chars, size);
  const cells = visualCells(chars, size).map((glyphs) => ({
    text: readingOrder(glyphs, isRtlLine).trim(),
    left: glyphs[0]!.left,
    right: glyphs.reduce((most, { right }) => Math.max(most, right), -Infinity),
  }));
  return isRtlLine ? cells.reverse() : cells;
}

/** Narrower gaps between letters are no blanks, as a share of their height. */
const BLANK = 0.12;

/** Cells from left to right, as they are seen. PDFium puts the blanks that it makes up in its own order: room tells instead. */
function visualCells(chars: readonly PdfChar[], size: number): Glyph[][] {
  const cells: Glyph[][] = [];
  let edge = Infinity;
  let isBlank = false;
  for (const glyph of visualGlyphs(chars.filter((char) => isInked(char) || char.right > char.left))) {
    if (glyph.kind === 'blank') {
      isBlank = true;
      continue;
    }
    const gap = glyph.left - edge;
    if (cells.length === 0 || gap > size * CELL_GAP) cells.push([]);
    else if (isBlank || gap > size * BLANK)
      cells.at(-1)!.push({ text: ' ', left: edge, right: glyph.left, kind: 'blank' });
    cells.at(-1)!.push(glyph);
    edge = edge === Infinity ? glyph.right : Math.max(edge, glyph.right);
    isBlank = false;
  }
  return cells;
}

function cellsFromLeft(chars: readonly PdfChar[], size: number): PdfCell[] {
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
      // PDFium may go back in a line.
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
