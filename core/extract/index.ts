import type { DocumentKind } from '../document.ts';
import type { Extractor } from '../ingest/extractor.ts';

/**
 * Every format that is read. Each is loaded only when a file needs it (PDFium alone takes longer than reading a letter);
 * loading reads from disk, so it happens before the child is locked.
 */
export const EXTRACTORS: Readonly<Record<DocumentKind, () => Promise<Extractor>>> = {
  pdf: async () => (await import('./pdf.ts')).pdf,
  docx: async () => (await import('./docx.ts')).docx,
  html: async () => (await import('./html.ts')).html,
  md: async () => (await import('./md.ts')).md,
  csv: async () => (await import('./csv.ts')).csv,
  image: async () => (await import('./image.ts')).image,
  txt: async () => (await import('./txt.ts')).txt,
};
