import type { PdfChar } from './pdfium.ts';

/**
 * What stands at one place of a line. `kind`: a letter of a script written from right to left, another letter, a digit,
 * a blank, or anything else.
 */
export interface Glyph {
  text: string;
  readonly left: number;
  readonly right: number;
  readonly kind: 'rtl' | 'ltr' | 'digit' | 'blank' | 'other';
}

const RTL_LETTER = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** True for characters of scripts that are written from right to left; their digits are not among them. */
export function isRtl(char: string): boolean {
  return RTL_LETTER.test(char) && !/\p{Nd}/u.test(char);
}

/** Glyphs of a line from left to right, as they are seen. Marks go with the letter that they stand at. */
export function visualGlyphs(chars: readonly PdfChar[]): Glyph[] {
  const glyphs: Glyph[] = [];
  const marks: PdfChar[] = [];
  let last: PdfChar | undefined;
  for (const char of chars) {
    if (/^\p{M}$/u.test(char.char)) marks.push(char);
    else if (last && glyphs.length > 0 && char.left === last.left && char.right === last.right)
      glyphs.at(-1)!.text = ligature(glyphs.at(-1)!.text, char.char);
    else glyphs.push({ text: char.char, left: char.left, right: char.right, kind: kindOf(char.char) });
    last = char;
  }
  for (const { char, left, right } of marks) {
    const base = nearest(glyphs, (left + right) / 2);
    if (base) base.text += char;
  }
  return glyphs.sort((a, b) => a.left + a.right - b.left - b.right);
}

/**
 * Several characters at one place. PDFium turns them around where it reads from right to left, unless the file names the
 * ligature as one character: those are of lam and alef, which stand in this order.
 */
function ligature(before: string, char: string): string {
  const isTurned = isRtl(char) && !(before === 'ل' && /[اأإآ]/.test(char));
  return isTurned ? char + before : before + char;
}

function nearest(glyphs: readonly Glyph[], place: number): Glyph | undefined {
  const away = ({ left, right }: Glyph) => Math.abs((left + right) / 2 - place);
  let best: Glyph | undefined;
  for (const glyph of glyphs) if (glyph.kind !== 'blank' && (!best || away(glyph) < away(best))) best = glyph;
  return best;
}

function kindOf(char: string): Glyph['kind'] {
  if (char.trim() === '') return 'blank';
  if (/\p{Nd}/u.test(char)) return 'digit';
  if (isRtl(char)) return 'rtl';
  return /\p{L}/u.test(char) ? 'ltr' : 'other';
}

/**
 * Text in the order in which people read it, from glyphs as they are seen from left to right. A line in a right-to-left
 * script is read from its right end, and words of other scripts, numbers, dates and phone numbers in it from their left
 * ends: the inverse of the Unicode bidirectional algorithm (UAX #9).
 */
export function readingOrder(glyphs: readonly Glyph[], isRtlLine: boolean): string {
  const text = isRtlLine ? fromRight(glyphs) : fromLeft(glyphs);
  return pairedBrackets(text).replace(/[\ufb1d-\ufdff\ufe70-\ufefc]/g, (form) => form.normalize('NFKC'));
}

/** Stretches of right-to-left words in other text: from the first to the last of their letters. */
function fromLeft(glyphs: readonly Glyph[]): string {
  let text = '';
  for (let at = 0; at < glyphs.length; at++) {
    let end = at;
    if (glyphs[at]!.kind === 'rtl') {
      for (let next = at; next < glyphs.length && glyphs[next]!.kind !== 'ltr'; next++)
        if (glyphs[next]!.kind === 'rtl') end = next;
      text += fromRight(glyphs.slice(at, end + 1));
    } else text += glyphs[at]!.text;
    at = end;
  }
  return text;
}

function fromRight(glyphs: readonly Glyph[]): string {
  let text = '';
  for (let at = glyphs.length - 1; at >= 0; at--) {
    const start = startOfLtr(glyphs, at);
    for (let next = start; next <= at; next++) text += glyphs[next]!.text;
    at = start;
  }
  return text;
}

/** The left end of the left-to-right stretch whose right end is at `end`; `end` itself when there is none. */
function startOfLtr(glyphs: readonly Glyph[], end: number): number {
  let start = end;
  if (!isLtr(glyphs[end])) {
    if (!(/[%‰°€$£₪]/.test(glyphs[end]!.text) && glyphs[end - 1]?.kind === 'digit')) return end;
    start = end - 1;
  }
  for (let at = start - 1; at >= 0 && glyphs[at]!.kind !== 'rtl'; at--)
    if (isLtr(glyphs[at]) && joins(glyphs, at, start)) start = at;
  // A sign before the number.
  const before = glyphs[start - 1];
  const beyond = glyphs[start - 2]?.kind ?? 'blank';
  const isSign = before && (/[+$€£₪#@]/.test(before.text) || (/[-−]/.test(before.text) && beyond === 'blank'));
  return isSign ? start - 1 : start;
}

function isLtr(glyph: Glyph | undefined): boolean {
  return glyph?.kind === 'ltr' || glyph?.kind === 'digit';
}

/** Whether what stands between two letters or digits belongs to both, so that they are read from the left together. */
function joins(glyphs: readonly Glyph[], left: number, right: number): boolean {
  const between = glyphs
    .slice(left + 1, right)
    .map(({ text }) => text)
    .join('');
  if (glyphs[left]!.kind === 'ltr' && glyphs[right]!.kind === 'ltr') return true;
  if (glyphs[left]!.kind === 'digit' && glyphs[right]!.kind === 'digit') {
    // The algorithm turns these numbers around, which people mend by hidden marks where it harms, as in phone numbers.
    if (/^\)? $/.test(between)) return isSeenInOrder(glyphs, left, right);
    return /^\S*$/.test(between);
  }
  return /^\S*$/.test(between) || between === ' ';
}

/**
 * True when a row of numbers cannot have been turned around: it follows a letter or a plus, or begins with the naught of
 * a phone number, which the one at its other end does not.
 */
function isSeenInOrder(glyphs: readonly Glyph[], left: number, right: number): boolean {
  let first = left;
  for (let at = left; at >= 0 && glyphs[at]!.kind !== 'rtl'; at--) {
    if (glyphs[at]!.kind === 'ltr' || glyphs[at]!.text === '+') return true;
    if (glyphs[at]!.kind === 'digit') first = at;
  }
  let last = right;
  for (let at = right + 1; at < glyphs.length && (glyphs[at]!.kind === 'digit' || /[ -]/.test(glyphs[at]!.text)); at++)
    if (glyphs[at]!.kind === 'digit' && glyphs[at - 1]!.kind !== 'digit') last = at;
  const isPrefix = (at: number) => /[0٠۰]/.test(glyphs[at]!.text) && glyphs[at + 1]?.kind === 'digit';
  return isPrefix(first) && !isPrefix(last);
}

const PAIRS: readonly (readonly [string, string])[] = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
  ['«', '»'],
];

/** Brackets look turned around in right-to-left text, and PDFium turns some of them: where they make no pairs, they are made to. */
function pairedBrackets(text: string): string {
  let paired = text;
  for (const [open, close] of PAIRS) {
    const brackets = [...paired].filter((char) => char === open || char === close);
    if (brackets.length % 2 > 0 || brackets.every((char, at) => char === (at % 2 === 0 ? open : close))) continue;
    let isOpen = false;
    paired = paired.replaceAll(new RegExp(`\\${open}|\\${close}`, 'g'), () => {
      isOpen = !isOpen;
      return isOpen ? open : close;
    });
  }
  return paired;
}
