import { setImmediate } from 'node:timers/promises';
import { guessLanguage } from '../ask/guess-language.ts';
import { WordPacker } from '../ask/pack-words.ts';
import type { NewDocument, PackedPassages, PassageDraft } from '../document.ts';
import type { PieceEncoder } from '../question.ts';
import { cleanName } from './clean-name.ts';
import { fileError } from './file-error.ts';
import { indexWords } from './index-words.ts';
import { type FileNote, notePassage } from './note-passage.ts';
import { type FileLimits, readFile } from './read-file.ts';
import { splitPassages } from './split-passages.ts';

const NOTHING = new Uint8Array();

/** Longest time that preparing keeps the event loop from other people's questions. */
const BUSY_MS = 8;

/** A file as it arrived. `source` is the event that carried it, `addedAt` the time in milliseconds since 1970. */
export interface IncomingFile {
  /** Taken away once they are read: whoever holds the file must not hold them for as long as its words are made. */
  bytes: Uint8Array;
  readonly name: string;
  readonly source: string;
  readonly addedAt: number;
  /** `digestOf(bytes)`, by which the file is recognised when it comes again. */
  readonly digest?: string;
  /** What the person wrote below it: words of every passage, and a passage of its own. */
  readonly note?: FileNote | undefined;
}

/** What preparing needs. `gramsOf` gives the full-text grams of a text (core/ask/grams.ts). */
export interface PrepareOptions {
  readonly limits: FileLimits;
  readonly encoder: PieceEncoder;
  readonly gramsOf: (text: string) => readonly string[];
  /** Opens a file that is locked; used for this reading only. */
  readonly password?: string;
  /** Whether pages that are pictures are read by text recognition now (`yes`), or only counted (`no`). */
  readonly ocr?: 'no' | 'yes';
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * A document ready for `TenantWriter.addDocument`. `unreadable` names pages that could not be read, for the reply;
 * `scanned` pages that wait for text recognition (only with `ocr: 'no'`; there may be no passages then).
 */
export interface PreparedDocument extends PackedPassages {
  readonly document: NewDocument;
  readonly unreadable: readonly string[];
  /** True for a file that is cut off, and was read as far as it goes. */
  readonly damaged?: boolean;
  readonly scanned: readonly string[];
}

/**
 * From file bytes to what is stored: reads the file in its sandbox, cuts it into passages, and makes the word indexes of
 * each. File name and headings count as words of every passage. Throws as `readFile` does, and the signal's reason.
 */
export async function prepareDocument(file: IncomingFile, options: PrepareOptions): Promise<PreparedDocument> {
  const { limits, signal, onProgress, password, ocr } = options;
  const size = file.bytes.length;
  const text = await readFile({
    bytes: file.bytes,
    name: file.name,
    limits,
    ...(signal && { signal }),
    ...(password !== undefined && { password }),
    ...(ocr && { ocr }),
    ...(onProgress && { onProgress }),
  });
  file.bytes = NOTHING;
  const named = { name: cleanName(file.name), note: file.note?.text };
  const wordsOf = indexWords(options);
  const passages: PassageDraft[] = [];
  const packer = new WordPacker();
  let busySince = performance.now();
  for (const draft of splitPassages(text)) {
    passages.push({ ...draft, language: guessLanguage(draft.text) ?? '' });
    packer.add(wordsOf(named, draft));
    if (performance.now() - busySince < BUSY_MS) continue;
    await setImmediate();
    signal?.throwIfAborted();
    busySince = performance.now();
  }
  if (passages.length === 0 && text.scanned.length === 0) throw fileError('file-no-text');
  if (file.note && passages.length > 0) {
    const { grams, pieces, ...draft } = notePassage(file.note, passages.length, (own) => wordsOf(named, own));
    passages.push(draft);
    packer.add({ grams, pieces });
  }
  const { kind, pages, unreadable, scanned } = text;
  const document = {
    source: file.source,
    ...named,
    kind,
    bytes: size,
    pages: pages.length,
    addedAt: file.addedAt,
    digest: file.digest,
  };
  return { document, passages, words: packer.finish(), unreadable, scanned, ...(text.damaged && { damaged: true }) };
}
