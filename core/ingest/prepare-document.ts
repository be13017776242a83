import { setImmediate } from 'node:timers/promises';
import type { NewDocument, NewPassage } from '../document.ts';
import type { PieceEncoder } from '../question.ts';
import { cleanName } from './clean-name.ts';
import { fileError } from './file-error.ts';
import { type FileLimits, readFile } from './read-file.ts';
import { splitPassages } from './split-passages.ts';

/** Longest time that preparing keeps the event loop from other people's questions. */
const BUSY_MS = 8;

/** A file as it arrived. `source` is the event that carried it, `addedAt` the time in milliseconds since 1970. */
export interface IncomingFile {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly source: string;
  readonly addedAt: number;
}

/** What preparing needs. `gramsOf` gives the full-text grams of a text (core/ask/grams.ts). */
export interface PrepareOptions {
  readonly limits: FileLimits;
  readonly encoder: PieceEncoder;
  readonly gramsOf: (text: string) => readonly string[];
  readonly signal?: AbortSignal;
  /** As for `readFile`. */
  readonly password?: string;
  readonly ocr?: 'no' | 'yes';
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * A document ready for `TenantWriter.addDocument`. `unreadable` names pages that could not be read, for the reply;
 * `scanned` pages that wait for text recognition (only with `ocr: 'no'`; there may be no passages then).
 */
export interface PreparedDocument {
  readonly document: NewDocument;
  readonly passages: NewPassage[];
  readonly unreadable: readonly string[];
  readonly scanned: readonly string[];
}

/**
 * From file bytes to what is stored: reads the file in its sandbox, cuts it into passages, and makes the word indexes of
 * each. File name and headings count as words of every passage. Throws as `readFile` does, and the signal's reason.
 */
export async function prepareDocument(file: IncomingFile, options: PrepareOptions): Promise<PreparedDocument> {
  const { encoder, gramsOf, limits, signal, onProgress, password, ocr } = options;
  const text = await readFile({
    bytes: file.bytes,
    name: file.name,
    limits,
    ...(signal && { signal }),
    ...(password !== undefined && { password }),
    ...(ocr && { ocr }),
    ...(onProgress && { onProgress }),
  });
  const name = cleanName(file.name);
  const passages: NewPassage[] = [];
  let busySince = performance.now();
  for (const draft of splitPassages(text)) {
    const words = `${name}\n${draft.heading}\n${draft.text}`;
    passages.push({ ...draft, grams: gramsOf(words).join(' '), pieces: encoder.pieces(words) });
    if (performance.now() - busySince < BUSY_MS) continue;
    await setImmediate();
    signal?.throwIfAborted();
    busySince = performance.now();
  }
  if (passages.length === 0 && text.scanned.length === 0) throw fileError('file-no-text');
  const { kind, pages, unreadable, scanned } = text;
  const document = {
    source: file.source,
    name,
    kind,
    bytes: file.bytes.length,
    pages: pages.length,
    addedAt: file.addedAt,
  };
  return { document, passages, unreadable, scanned };
}
