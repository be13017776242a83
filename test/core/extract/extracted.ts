import type { Page } from '../../../core/document.ts';
import type { Extractor } from '../../../core/ingest/extractor.ts';
import { LIMITS } from '../ingest/reading.ts';

/** Pages that an extractor finds, in this process: what it makes of honest files needs no sandbox. */
export async function extracted(extractor: Extractor, bytes: Uint8Array): Promise<Page[]> {
  const pages: Page[] = [];
  const sink = {
    page: (label: string | null, text: string) => pages.push({ label, text }),
    unreadable: () => {},
    damaged: () => {},
    scanned: () => {},
    progress: () => {},
  };
  const limits = { pages: LIMITS.pagesPerFile, characters: 6_000_000 };
  const members = { read: () => Promise.reject(new Error('no container')), unreadable: () => {} };
  await extractor.extract(bytes, sink, {
    limits,
    extension: '',
    password: undefined,
    members,
    ocr: undefined,
  });
  return pages;
}
