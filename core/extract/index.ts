import type { DocumentKind } from '../document.ts';
import type { Extractor } from '../ingest/extractor.ts';

/**
 * Every format that is read. Each is loaded only when a file needs it (PDFium alone takes longer than reading a letter);
 * loading reads from disk, so it happens before the child is locked.
 */
export const EXTRACTORS: Readonly<Record<DocumentKind, () => Promise<Extractor>>> = {
  pdf: async () => (await import('./pdf.ts')).pdf,
  docx: async () => (await import('./docx.ts')).docx,
  doc: async () => (await import('./doc.ts')).doc,
  odt: async () => (await import('./odt.ts')).odt,
  rtf: async () => (await import('./rtf.ts')).rtf,
  pptx: async () => (await import('./pptx.ts')).pptx,
  odp: async () => (await import('./odp.ts')).odp,
  xlsx: async () => (await import('./xlsx.ts')).xlsx,
  xls: async () => (await import('./xls.ts')).xls,
  ods: async () => (await import('./ods.ts')).ods,
  epub: async () => (await import('./epub.ts')).epub,
  html: async () => (await import('./html.ts')).html,
  md: async () => (await import('./md.ts')).md,
  csv: async () => (await import('./csv.ts')).csv,
  image: async () => (await import('./image.ts')).image,
  txt: async () => (await import('./txt.ts')).txt,
  eml: async () => (await import('./eml.ts')).eml,
  msg: async () => (await import('./msg.ts')).msg,
  ics: async () => (await import('./ics.ts')).ics,
  vcf: async () => (await import('./vcf.ts')).vcf,
  zip: async () => (await import('./archive.ts')).archive,
};
