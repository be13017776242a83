import { type PDFiumDocument, PDFiumLibrary, type PDFiumPage } from '@hyzyla/pdfium';
import { type Extractor, type ExtractSink, Refusal } from '../ingest/extractor.ts';
import { joinHyphens } from './join-hyphens.ts';

// Compiled while the module loads: the locked child could not read the WebAssembly file.
const library = await PDFiumLibrary.init();

/** PDF with text, page by page under its number counted from 1, which is what a viewer shows. Scans have no text and are refused. */
export const pdf: Extractor = {
  kind: 'pdf',
  async extract(bytes, sink, { limits, password }) {
    const document = await open(bytes, password);
    const total = document.getPageCount();
    if (total > limits.pages) throw new Refusal('file-too-many-pages');
    const seen = { text: 0, scanned: 0, broken: 0 };
    for (let index = 0; index < total; index++) {
      seen[readPage(document, index, sink)]++;
      sink.progress(index + 1, total);
    }
    if (seen.text > 0) return;
    throw new Refusal(seen.broken > seen.scanned ? 'file-damaged' : 'file-no-text');
  },
};

async function open(bytes: Uint8Array, password: string | undefined): Promise<PDFiumDocument> {
  try {
    return await library.loadDocument(bytes, password);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : '';
    if (/password|security/i.test(message)) throw new Refusal('file-encrypted');
    throw new Refusal('file-damaged');
  }
}

/** One damaged page must not cost the others. A page without letters is kept as it is, and named when a picture explains it. */
function readPage(document: PDFiumDocument, index: number, sink: ExtractSink): 'text' | 'scanned' | 'broken' {
  const label = String(index + 1);
  let text: string;
  let picture: boolean;
  try {
    const page = document.getPage(index);
    text = joinHyphens(page.getText());
    picture = !/[\p{L}\p{N}]/u.test(text) && hasPicture(page);
    close(page);
  } catch {
    sink.unreadable(label);
    sink.page(label, '');
    return 'broken';
  }
  if (picture) sink.unreadable(label);
  sink.page(label, picture ? '' : text);
  return /[\p{L}\p{N}]/u.test(text) ? 'text' : 'scanned';
}

function hasPicture(page: PDFiumPage): boolean {
  const count = Math.min(page.getObjectCount(), 200);
  for (let i = 0; i < count; i++) if (page.getObject(i).type === 'image') return true;
  return false;
}

/** What the library keeps private about a page. */
interface OpenPage {
  readonly module: { _FPDF_ClosePage(page: number): void };
  readonly pageIdx: number;
}

/** The library closes pages only after rendering; two thousand open ones would fill its memory. */
function close(page: PDFiumPage): void {
  const { module, pageIdx } = page as unknown as OpenPage;
  module._FPDF_ClosePage(pageIdx);
}
