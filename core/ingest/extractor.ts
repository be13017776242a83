import type { DocumentKind, InsideFile } from '../document.ts';

/** Why a file was refused by the extracting child; the parent turns it into an AppError of the same `reason` (file-error.ts). */
export const REFUSALS = [
  'file-kind',
  'file-encrypted',
  'file-wrong-password',
  'file-no-text',
  'file-damaged',
  'file-too-hard',
  'file-too-many-pages',
  'file-too-much-text',
] as const;
export type RefusalReason = (typeof REFUSALS)[number];

/** Longest label of a page, in UTF-16 units; who makes labels from names shortens them to it. */
export const LONGEST_LABEL = 64;
/** Longest name of a file inside a file, with the names of what it lies in. */
export const LONGEST_INSIDE_NAME = 200;

/** Thrown by extractors inside the child. `kind` names the format for `file-kind` (lower case, such as `exe`), else "". */
export class Refusal extends Error {
  readonly reason: RefusalReason;
  readonly kind: string;

  constructor(reason: RefusalReason, kind = '') {
    super(reason);
    this.reason = reason;
    this.kind = kind;
  }
}

/** Where an extractor puts what it found, in reading order. Throws Refusal when the pages or characters exceed the limits. */
export interface ExtractSink {
  page(label: string | null, text: string): void;
  unreadable(label: string): void;
  /** The file is cut off or damaged as a whole, and is read as far as it goes. */
  damaged(): void;
  /** A page that is a picture and waits for text recognition (`ExtractContext.ocr` was undefined). "" where the format has no pages. */
  scanned(label: string): void;
  progress(done: number, total: number): void;
}

/** What one file may cost. `characters` counts UTF-16 units over all pages. */
export interface ExtractLimits {
  readonly pages: number;
  readonly characters: number;
}

/** What an extractor is told beside the bytes. */
export interface ExtractContext {
  readonly limits: ExtractLimits;
  /** Ending of the file's name: lower case, no dot, "" for none. A hint, never a proof. */
  readonly extension: string;
  /** Given by the person when the file asked for one; never kept. */
  readonly password: string | undefined;
  /** For extractors of formats that hold other files. */
  readonly members: Members;
  /** Reads text out of pictures; undefined in the first, quick reading: say `sink.scanned` then. */
  readonly ocr: Ocr | undefined;
}

/** A file inside a file, as its container gives it away. The name is only ever shown, never a path. */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Part of the container's own looks (a logo in a mail): nobody misses it when it holds no text. */
  readonly decoration?: boolean;
}

/** Reads files inside a file by the same extractors, in the same locked child, on the same budgets. */
export interface Members {
  /**
   * Reads one. What is wrong with it alone is its outcome and puts its name among the unreadable; throws Refusal only
   * when a budget shared by all is used up.
   */
  read(member: Member): Promise<RefusalReason | 'read'>;
  /** Names a member that the container itself could not give away. */
  unreadable(name: string): void;
}

/** Text recognition, loaded before the lock. One page at a time; it takes seconds and much memory. */
export interface Ocr {
  /**
   * Text of one picture (JPEG, PNG, WebP, BMP, PNM), line by line; "" when there is none, and once as many pages as
   * the settings allow were recognised, whichever file inside the file they belong to. Throws Refusal `file-damaged`
   * when it cannot be decoded. `orientation` is EXIF's (1 to 8, 1 is upright).
   */
  read(picture: Uint8Array, orientation?: number): string;
}

/** What text recognition may use. */
export interface OcrSettings {
  /** Names of Tesseract's language data ("eng", "deu"), most likely language first. */
  readonly languages: readonly string[];
  /** Absolute folder with `<language>.traineddata` for languages that are not built in. */
  readonly folder?: string;
  /** Most pages of one file that are recognised; the others are named as unreadable. */
  readonly pages: number;
}

/**
 * Reads one format. Runs only inside the sandboxed child, which can open nothing any more when `extract` is called:
 * whatever has to be read from disk is read while the module loads.
 *
 * `extract` throws Refusal for what the person should know; anything else counts as a damaged file.
 */
export interface Extractor {
  readonly kind: DocumentKind;
  extract(bytes: Uint8Array, sink: ExtractSink, context: ExtractContext): void | Promise<void>;
}

/** First frame to the child, before `size` raw bytes and one closing "go" byte. `extension` comes from the name: lower case, no dot, "" for none. */
export interface ReaderRequest {
  readonly size: number;
  readonly extension: string;
  readonly password?: string | undefined;
  readonly limits: ExtractLimits;
  /** Left out in the quick reading. */
  readonly ocr?: OcrSettings;
}

/** What the child says, one JSON frame each. A page is a `page` followed by its `text` pieces; `done` or `refused` ends it. */
export type ReaderReply =
  | { readonly type: 'ready' }
  | { readonly type: 'kind'; readonly kind: DocumentKind }
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'page'; readonly label: string | null; readonly inside?: InsideFile | undefined }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'unreadable'; readonly label: string }
  | { readonly type: 'damaged' }
  | { readonly type: 'scanned'; readonly label: string }
  | { readonly type: 'refused'; readonly reason: RefusalReason; readonly kind: string }
  | { readonly type: 'done' };
