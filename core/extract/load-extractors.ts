import type { DocumentKind } from '../document.ts';
import type { Extractor } from '../ingest/extractor.ts';
import { EXTRACTORS } from './index.ts';
import type { Sniffed } from './sniff.ts';

/** Extractors that were loaded before the child was locked, by what they read. */
export type LoadedExtractors = ReadonlyMap<DocumentKind, Extractor>;

/** Formats that hold other files. */
const CONTAINERS: ReadonlySet<DocumentKind> = new Set(['eml', 'msg', 'zip']);
const TEXTS: ReadonlySet<DocumentKind> = new Set(['html', 'md', 'csv', 'txt', 'eml', 'ics', 'vcf']);

/**
 * Loads what a file of this kind needs; everything that touches the disk happens here. What lies in a container shows only
 * when it is taken apart, and then nothing can be loaded any more: so all extractors are, unless it plainly holds no file.
 */
export async function loadExtractors(kind: DocumentKind, bytes: Uint8Array): Promise<LoadedExtractors> {
  const holds = CONTAINERS.has(kind) && !(kind === 'eml' && isPlainMail(bytes));
  const kinds = holds ? (Object.keys(EXTRACTORS) as DocumentKind[]) : [kind];
  if (holds || TEXTS.has(kind)) {
    const { prepareDecoding } = await import('./decode-text.ts');
    prepareDecoding(holds ? undefined : bytes);
  }
  return new Map(await Promise.all(kinds.map(async (one) => [one, await EXTRACTORS[one]()] as const)));
}

/** The kind itself when there is an extractor for it. */
export function readableKind(sniffed: Sniffed): DocumentKind | undefined {
  return Object.hasOwn(EXTRACTORS, sniffed) ? (sniffed as DocumentKind) : undefined;
}

/** A mail in which nothing but text is declared and no part has a name: most are. */
function isPlainMail(bytes: Uint8Array): boolean {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return !/name[*\d]*=|content-type:\s*(?!text\/(?:plain|html)|multipart\/)|content-disposition:\s*attachment/i.test(
    raw,
  );
}
