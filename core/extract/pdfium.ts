import { type PDFiumDocument, PDFiumLibrary, type PDFiumPage } from '@hyzyla/pdfium';
import { Refusal } from '../ingest/extractor.ts';
import { eraseRules } from './erase-rules.ts';

/** What the library's wrapper hides: PDFium's own functions (public/fpdf_text.h, fpdfview.h, fpdf_annot.h) and the memory they write to. */
interface Pdfium {
  readonly HEAPU8: Uint8Array;
  readonly wasmExports: { malloc(size: number): number; free(at: number): void };
  _FPDF_ClosePage(page: number): void;
  _FPDFText_LoadPage(page: number): number;
  _FPDFText_ClosePage(text: number): void;
  _FPDFText_CountChars(text: number): number;
  _FPDFText_GetUnicode(text: number, index: number): number;
  _FPDFText_GetFontSize(text: number, index: number): number;
  _FPDFText_GetLooseCharBox(text: number, index: number, rectangle: number): number;
  _FPDFBitmap_CreateEx(width: number, height: number, format: number, at: number, stride: number): number;
  _FPDFBitmap_FillRect(bitmap: number, left: number, top: number, width: number, height: number, color: number): void;
  _FPDFBitmap_GetBuffer(bitmap: number): number;
  _FPDFBitmap_GetStride(bitmap: number): number;
  _FPDFBitmap_Destroy(bitmap: number): void;
  _FPDF_RenderPageBitmap(bitmap: number, page: number, ...where: number[]): void;
  _FPDFPage_GetAnnotCount(page: number): number;
  _FPDFPage_GetAnnot(page: number, index: number): number;
  _FPDFPage_CloseAnnot(annotation: number): void;
  _FPDFAnnot_GetSubtype(annotation: number): number;
  _FPDFAnnot_GetFlags(annotation: number): number;
  _FPDFAnnot_GetRect(annotation: number, rectangle: number): number;
  _FPDFAnnot_GetStringValue(annotation: number, key: number, at: number, bytes: number): number;
  _FPDFAnnot_GetFormFieldType(form: number, annotation: number): number;
  _FPDFAnnot_GetFormFieldFlags(form: number, annotation: number): number;
  _FPDFAnnot_GetFormFieldValue(form: number, annotation: number, at: number, bytes: number): number;
}

// Compiled while the module loads: the locked child could not read the WebAssembly file.
const library = await PDFiumLibrary.init();

/** PDFium itself, for what the library does not hand on. */
export const { module: pdfium } = library as unknown as { readonly module: Pdfium };

const GREY = 1;
const WHITE = 0xffffffff;
/** FPDF_ANNOT (notes and form fields too) and FPDF_GRAYSCALE. */
const RENDER_FLAGS = 0x01 | 0x08;
const DOTS_PER_INCH = 200;
/** A3 at 200 dpi; larger pages are rendered coarser. */
const MAX_PIXELS = 8e6;

/** A character with its advance box in points, the page's origin being at the bottom left. */
export interface PdfChar {
  readonly char: string;
  readonly size: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Opens a PDF; broken cross references are rebuilt by PDFium. Throws Refusal `file-encrypted`, `file-wrong-password`, `file-damaged`. */
export async function openPdf(bytes: Uint8Array, password: string | undefined): Promise<PDFiumDocument> {
  try {
    return await library.loadDocument(bytes, password);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    if (!/password|security/i.test(message)) throw new Refusal('file-damaged');
    throw new Refusal(password === undefined ? 'file-encrypted' : 'file-wrong-password');
  }
}

/** PDFium's own handle of a page. */
export function handleOf(page: PDFiumPage): number {
  return (page as unknown as { readonly pageIdx: number }).pageIdx;
}

/** The library closes pages only after rendering; two thousand open ones would fill its memory. */
export function closePage(page: PDFiumPage): void {
  pdfium._FPDF_ClosePage(handleOf(page));
}

/** All characters of a page in PDFium's reading order; line breaks and blanks that it made up itself have no size of their own. */
export function charsOf(page: PDFiumPage): PdfChar[] {
  const text = pdfium._FPDFText_LoadPage(handleOf(page));
  if (text === 0) throw new Error('no text layer');
  const at = pdfium.wasmExports.malloc(16);
  try {
    const chars: PdfChar[] = [];
    const count = pdfium._FPDFText_CountChars(text);
    for (let index = 0; index < count; index++) {
      const code = pdfium._FPDFText_GetUnicode(text, index);
      if (code === 0 || code > 0x10ffff) continue;
      pdfium._FPDFText_GetLooseCharBox(text, index, at);
      const { buffer } = pdfium.HEAPU8;
      // FS_RECTF: left, top, right, bottom.
      const [left, top, right, bottom] = new Float32Array(buffer, at, 4) as unknown as [number, number, number, number];
      const char = code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code);
      chars.push({ char, size: pdfium._FPDFText_GetFontSize(text, index), left, right, top, bottom });
    }
    return chars;
  } finally {
    pdfium.wasmExports.free(at);
    pdfium._FPDFText_ClosePage(text);
  }
}

/** A page as a viewer shows it, upright, in grey and without rules, as a binary PGM picture for text recognition. */
export function renderGrey(page: PDFiumPage): Uint8Array {
  const { originalWidth, originalHeight } = page.getOriginalSize();
  const wanted = DOTS_PER_INCH / 72;
  const scale = Math.min(wanted, Math.sqrt(MAX_PIXELS / (originalWidth * originalHeight)));
  const width = Math.max(1, Math.round(originalWidth * scale));
  const height = Math.max(1, Math.round(originalHeight * scale));
  if (!(width * height <= MAX_PIXELS * 1.1)) throw new Error('a page of impossible size');
  const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, GREY, 0, 0);
  if (bitmap === 0) throw new Refusal('file-too-hard');
  try {
    pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
    pdfium._FPDF_RenderPageBitmap(bitmap, handleOf(page), 0, 0, width, height, 0, RENDER_FLAGS);
    const start = pdfium._FPDFBitmap_GetBuffer(bitmap);
    const stride = pdfium._FPDFBitmap_GetStride(bitmap);
    const head = Buffer.from(`P5\n${width} ${height}\n255\n`);
    const picture = Buffer.allocUnsafeSlow(head.length + width * height);
    head.copy(picture);
    for (let row = 0; row < height; row++) {
      const line = start + row * stride;
      picture.set(pdfium.HEAPU8.subarray(line, line + width), head.length + row * width);
    }
    eraseRules({ width, height, pixels: picture.subarray(head.length) });
    return picture;
  } finally {
    pdfium._FPDFBitmap_Destroy(bitmap);
  }
}
