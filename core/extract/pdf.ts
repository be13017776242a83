import type { PDFiumDocument, PDFiumPage } from '@hyzyla/pdfium';
import { type ExtractContext, type Extractor, type ExtractSink, Refusal } from '../ingest/extractor.ts';
import { withMargins } from '../page-margins.ts';
import { joinHyphens } from './join-hyphens.ts';
import { annotationsOf, withAnnotations } from './pdf-annotations.ts';
import { type HeadingSizes, headingSizes, layOut } from './pdf-layout.ts';
import { linesOf, type PdfLine } from './pdf-lines.ts';
import { charsOf, closePage, openPdf, renderGrey } from './pdfium.ts';
import { rebuildPdf } from './rebuild-pdf.ts';
import { type PartedPage, partRunningLines } from './running-lines.ts';

/** A scan often has a stamp or a page number as text; a page with no more letters than this and a picture is a scan. */
const FEW_LETTERS = 20;
/** A page without text but with so many strokes has its letters drawn. */
const MANY_PATHS = 150;

/** What the first look at a page gives. A damaged page has no lines. */
interface PageLook {
  readonly lines: readonly PdfLine[];
  readonly height: number;
  readonly state: 'text' | 'scan' | 'broken';
}

/**
 * PDF, page by page under its number counted from 1, which is what a viewer shows. Pages without text are recognised
 * where `ocr` is given.
 */
export const pdf: Extractor = {
  kind: 'pdf',
  async extract(bytes, sink, context) {
    const document = await openDamaged(bytes, context.password);
    const total = document.getPageCount();
    if (isCutOff(bytes)) sink.damaged();
    if (total > context.limits.pages) throw new Refusal('file-too-many-pages');
    const looks = lookAtPages(document, total, context);
    const pages = partRunningLines(looks);
    const headings = headingSizes(pages.map(({ above, text, below }) => [...above, ...text, ...below]));
    const reader = new PageReader(document, context, sink);
    for (const [index, look] of looks.entries()) {
      reader.read(index, look, joinHyphens(textOf(pages[index]!, headings)));
      sink.progress(index + 1, total);
    }
    if (reader.anyText) return;
    throw new Refusal(looks.every(({ state }) => state === 'broken') ? 'file-damaged' : 'file-no-text');
  },
};

/** A file that is cut off is read as far as it goes. */
async function openDamaged(bytes: Uint8Array, password: string | undefined): Promise<PDFiumDocument> {
  try {
    const document = await openPdf(bytes, password);
    if (document.getPageCount() > 0) return document;
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'file-damaged') throw error;
  }
  const rebuilt = rebuildPdf(bytes);
  if (!rebuilt) throw new Refusal('file-damaged');
  return openPdf(rebuilt, password);
}

/** A whole file ends behind its last object: "startxref" says where the list of all of them is (ISO 32000-1, 7.5.5). */
function isCutOff(bytes: Uint8Array): boolean {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return whole.lastIndexOf('startxref') < whole.lastIndexOf('endobj');
}

function textOf({ above, text, below }: PartedPage, headings: HeadingSizes): string {
  const laidOut = (lines: readonly PdfLine[]) => (lines.length === 0 ? '' : layOut(lines, headings));
  return withMargins({ above: laidOut(above), text: laidOut(text), below: laidOut(below) });
}

function lookAtPages(document: PDFiumDocument, total: number, { limits }: ExtractContext): PageLook[] {
  const looks: PageLook[] = [];
  let characters = 0;
  for (let index = 0; index < total; index++) {
    const look = lookAt(document, index);
    for (const { cells } of look.lines) for (const { text } of cells) characters += text.length;
    if (characters > limits.characters) throw new Refusal('file-too-much-text');
    looks.push(look);
  }
  return looks;
}

/** One damaged page must not cost the others. */
function lookAt(document: PDFiumDocument, index: number): PageLook {
  try {
    const page = document.getPage(index);
    try {
      const chars = charsOf(page);
      const letters = chars.filter(({ char }) => /[\p{L}\p{N}]/u.test(char)).length;
      const state = letters <= FEW_LETTERS && hasPicture(page, letters) ? 'scan' : 'text';
      const lines = withAnnotations(linesOf(chars), annotationsOf(document, page));
      return { lines, height: page.getOriginalSize().originalHeight, state };
    } finally {
      closePage(page);
    }
  } catch {
    return { lines: [], height: 0, state: 'broken' };
  }
}

function hasPicture(page: PDFiumPage, letters: number): boolean {
  const count = Math.min(page.getObjectCount(), 500);
  let paths = 0;
  for (let i = 0; i < count; i++) {
    const { type } = page.getObject(i);
    if (type === 'image' || (type === 'form' && letters === 0)) return true;
    if (type === 'path' && ++paths > MANY_PATHS && letters === 0) return true;
  }
  return false;
}

/** Hands pages on, and recognises those that are pictures. */
class PageReader {
  readonly #document: PDFiumDocument;
  readonly #context: ExtractContext;
  readonly #sink: ExtractSink;
  #anyText = false;

  constructor(document: PDFiumDocument, context: ExtractContext, sink: ExtractSink) {
    this.#document = document;
    this.#context = context;
    this.#sink = sink;
  }

  /** True when some page had text, or waits for recognition. */
  get anyText(): boolean {
    return this.#anyText;
  }

  read(index: number, { state }: PageLook, text: string): void {
    const label = String(index + 1);
    let whole = text;
    if (state === 'scan') {
      const recognised = this.#recognise(index, label);
      if (recognised === '') this.#sink.unreadable(label);
      else if (recognised === undefined) this.#anyText = true;
      whole = recognised || text;
    }
    if (state === 'broken') this.#sink.unreadable(label);
    this.#anyText ||= /[\p{L}\p{N}]/u.test(whole);
    this.#sink.page(label, whole);
  }

  /** "" when nothing could be recognised, undefined when the page waits for it. */
  #recognise(index: number, label: string): string | undefined {
    const { ocr } = this.#context;
    if (!ocr) {
      this.#sink.scanned(label);
      return undefined;
    }
    try {
      const page = this.#document.getPage(index);
      try {
        return ocr.read(renderGrey(page));
      } finally {
        closePage(page);
      }
    } catch (error) {
      if (error instanceof RangeError) throw error;
      return '';
    }
  }
}
