import type { DocumentKind } from '../document.ts';

/** Why a file was refused by the extracting child; the parent turns it into an AppError of the same `reason` (file-error.ts). */
export const REFUSALS = [
  'file-kind',
  'file-encrypted',
  'file-no-text',
  'file-damaged',
  'file-too-hard',
  'file-too-many-pages',
  'file-too-much-text',
] as const;
export type RefusalReason = (typeof REFUSALS)[number];

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
  readonly limits: ExtractLimits;
  readonly password?: string;
}

/** What the child says, one JSON frame each. A page is a `page` followed by its `text` pieces; `done` or `refused` ends it. */
export type ReaderReply =
  | { readonly type: 'ready' }
  | { readonly type: 'kind'; readonly kind: DocumentKind }
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'page'; readonly label: string | null }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'unreadable'; readonly label: string }
  | { readonly type: 'refused'; readonly reason: RefusalReason; readonly kind: string }
  | { readonly type: 'done' };
