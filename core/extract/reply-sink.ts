import { writeSync } from 'node:fs';
import type { InsideFile } from '../document.ts';
import {
  type ExtractLimits,
  type ExtractSink,
  type ReaderReply,
  Refusal,
  type RefusalReason,
} from '../ingest/extractor.ts';
import { encodeFrame } from '../ingest/frames.ts';
import { cleanText } from './clean-text.ts';

/** Keeps every frame far below what the parent accepts, even when each character takes six bytes in JSON. */
const PIECE_CHARACTERS = 1 << 16;
const PROGRESS_MS = 100;

const STDOUT = 1;

/** Says one thing to the parent. */
export function reply(message: ReaderReply): void {
  replyFrame(message);
}

/** Writes one frame to the parent; returns when the pipe has taken it. */
export function replyFrame(message: unknown): void {
  let rest = encodeFrame(message);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(STDOUT, rest));
    } catch (error) {
      // A full pipe of a busy parent; waiting a moment is all that can be done without an event loop.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Sends what an extractor finds, cleaned and within the limits. */
export class ReplySink implements ExtractSink {
  readonly #limits: ExtractLimits;
  #pages = 0;
  #characters = 0;
  #lastProgress = 0;
  #textPages = 0;
  #unreadable = 0;
  #exhausted = false;

  constructor(limits: ExtractLimits) {
    this.#limits = limits;
  }

  /** `inside` is given for pages of a file inside the file. */
  page(label: string | null, text: string, inside?: InsideFile): void {
    const clean = cleanText(text);
    this.#characters += clean.length;
    if (++this.#pages > this.#limits.pages) throw this.#exceeded('file-too-many-pages');
    if (this.#characters > this.#limits.characters) throw this.#exceeded('file-too-much-text');
    if (/[\p{L}\p{N}]/u.test(clean)) this.#textPages++;
    reply({ type: 'page', label, inside });
    for (let at = 0; at < clean.length; at += PIECE_CHARACTERS) {
      reply({ type: 'text', text: clean.slice(at, at + PIECE_CHARACTERS) });
    }
  }

  unreadable(label: string): void {
    if (++this.#unreadable > this.#limits.pages) throw this.#exceeded('file-too-many-pages');
    reply({ type: 'unreadable', label });
  }

  damaged(): void {
    reply({ type: 'damaged' });
  }

  scanned(label: string): void {
    this.#textPages++;
    reply({ type: 'scanned', label });
  }

  progress(done: number, total: number): void {
    const now = performance.now();
    if (done < total && now - this.#lastProgress < PROGRESS_MS) return;
    this.#lastProgress = now;
    reply({ type: 'progress', done, total });
  }

  /** Pages so far that held a letter or digit, or may do so once their pictures are recognised. */
  get textPages(): number {
    return this.#textPages;
  }

  /** True when a limit of the whole file was exceeded: nothing more is taken, whichever member asked too much. */
  get exhausted(): boolean {
    return this.#exhausted;
  }

  #exceeded(reason: RefusalReason): Refusal {
    this.#exhausted = true;
    return new Refusal(reason);
  }
}
