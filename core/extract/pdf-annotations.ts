import type { PDFiumDocument, PDFiumPage } from '@hyzyla/pdfium';
import { isRtl } from './pdf-bidi.ts';
import type { PdfLine } from './pdf-lines.ts';
import { handleOf, pdfium } from './pdfium.ts';

/** What people wrote onto a page: a form field's value, a text put there, a comment. Places are in points. */
export interface PdfAnnotation {
  readonly text: string;
  /** A value belongs into the line that it stands in; other texts have lines of their own. */
  readonly isValue: boolean;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Kinds of annotations (public/fpdf_annot.h): notes, texts, marked words, form fields. */
const TEXTS: ReadonlySet<number> = new Set([1, 3, 9, 10, 11, 12]);
const WIDGET = 20;
/** Flags of annotations that nobody sees: hidden, and no view (PDF 32000-1, 12.5.3). */
const UNSEEN = 0x02 | 0x20;
/** Kinds of form fields (public/fpdf_formfill.h), and the flag of one that holds a password. */
const [CHECK_BOX, RADIO_BUTTON, COMBO_BOX, LIST_BOX, TEXT_FIELD] = [2, 3, 4, 5, 6];
const VALUES: ReadonlySet<number> = new Set([COMBO_BOX, LIST_BOX, TEXT_FIELD]);
const PASSWORD = 1 << 13;

const MOST = 2000;
const LONGEST = 100_000;

/** The annotations of a page that say something, in the file's order. Filled-in forms are nothing without theirs. */
export function annotationsOf(document: PDFiumDocument, page: PDFiumPage): PdfAnnotation[] {
  const handle = handleOf(page);
  const count = Math.min(pdfium._FPDFPage_GetAnnotCount(handle), MOST);
  const found: PdfAnnotation[] = [];
  for (let index = 0; index < count; index++) {
    const annotation = pdfium._FPDFPage_GetAnnot(handle, index);
    if (annotation === 0) continue;
    try {
      const isField = pdfium._FPDFAnnot_GetSubtype(annotation) === WIDGET;
      const text = textOf(document, annotation, isField).replace(/\r\n?/g, '\n').trim();
      if (text !== '') found.push({ text, isValue: isField, ...placeOf(annotation) });
    } finally {
      pdfium._FPDFPage_CloseAnnot(annotation);
    }
  }
  return found;
}

function textOf(document: PDFiumDocument, annotation: number, isField: boolean): string {
  if ((pdfium._FPDFAnnot_GetFlags(annotation) & UNSEEN) !== 0) return '';
  if (isField) return fieldText(document.initializeFormFields(), annotation);
  return TEXTS.has(pdfium._FPDFAnnot_GetSubtype(annotation)) ? stringOf(annotation, 'Contents') : '';
}

function fieldText(form: number, annotation: number): string {
  const type = pdfium._FPDFAnnot_GetFormFieldType(form, annotation);
  if (type === CHECK_BOX || type === RADIO_BUTTON) {
    // The state that is shown (PDF 32000-1, 12.7.4.2.3).
    return /^(?:Off)?$/.test(stringOf(annotation, 'AS')) ? '[ ]' : '[x]';
  }
  if (!VALUES.has(type) || (pdfium._FPDFAnnot_GetFormFieldFlags(form, annotation) & PASSWORD) !== 0) return '';
  return utf16((at, bytes) => pdfium._FPDFAnnot_GetFormFieldValue(form, annotation, at, bytes));
}

function stringOf(annotation: number, key: string): string {
  const name = pdfium.wasmExports.malloc(key.length + 1);
  try {
    pdfium.HEAPU8.set(Buffer.from(`${key}\0`, 'latin1'), name);
    return utf16((at, bytes) => pdfium._FPDFAnnot_GetStringValue(annotation, name, at, bytes));
  } finally {
    pdfium.wasmExports.free(name);
  }
}

/** A string that PDFium writes in UTF-16 with a closing zero; asked for its size first. */
function utf16(write: (at: number, bytes: number) => number): string {
  const bytes = Math.min(write(0, 0), LONGEST);
  if (bytes <= 2) return '';
  const at = pdfium.wasmExports.malloc(bytes);
  try {
    if (write(at, bytes) > bytes) return '';
    return Buffer.from(pdfium.HEAPU8.subarray(at, at + bytes - 2)).toString('utf16le');
  } finally {
    pdfium.wasmExports.free(at);
  }
}

function placeOf(annotation: number): Pick<PdfAnnotation, 'left' | 'top' | 'right' | 'bottom'> {
  const at = pdfium.wasmExports.malloc(16);
  try {
    pdfium._FPDFAnnot_GetRect(annotation, at);
    // FS_RECTF: left, top, right, bottom.
    const [left, top, right, bottom] = new Float32Array(pdfium.HEAPU8.buffer, at, 4) as unknown as number[];
    return { left: left!, top: Math.max(top!, bottom!), right: right!, bottom: Math.min(top!, bottom!) };
  } finally {
    pdfium.wasmExports.free(at);
  }
}

/** Height of a line on a page that has no other. */
const USUAL_SIZE = 11;

/** Puts annotations among the lines of their page: values into the line that they stand in, beside their labels. */
export function withAnnotations(lines: readonly PdfLine[], annotations: readonly PdfAnnotation[]): PdfLine[] {
  const all = [...lines];
  const sizes = lines.map(({ size }) => size).sort((a, b) => a - b);
  const size = sizes[sizes.length >> 1] ?? USUAL_SIZE;
  for (const annotation of annotations) {
    const { text, isValue, left, right, top, bottom } = annotation;
    const middle = (top + bottom) / 2;
    const own = isValue && !text.includes('\n') ? all.findIndex((line) => isBeside(line, middle)) : -1;
    if (own >= 0) {
      const line = all[own]!;
      const cells = [...line.cells, { text, left, right }].sort((a, b) => a.left - b.left);
      const fromRight = line.cells.some((cell) => [...cell.text].some(isRtl));
      all[own] = { ...line, cells: fromRight ? cells.reverse() : cells };
      continue;
    }
    const next = all.findIndex((line) => line.top < middle);
    const rows = text.split('\n').map((row, at) => {
      const rowTop = top - at * size;
      return { cells: [{ text: row.trim(), left, right }], size, top: rowTop, bottom: rowTop - size };
    });
    all.splice(next < 0 ? all.length : next, 0, ...rows.filter(({ cells }) => cells[0]!.text !== ''));
  }
  return all;
}

function isBeside({ top, bottom }: PdfLine, middle: number): boolean {
  return middle <= top && middle >= bottom;
}
