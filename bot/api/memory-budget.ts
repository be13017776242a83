import { HttpError } from './http-error.ts';

const TRY_AGAIN_SECONDS = 20;

/** Bytes of files that may stand in memory at once: coming in, waiting to be read, being read. */
export class MemoryBudget {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes some. Throws HttpError `unavailable` (`busy`) when there is no room for them now. */
  take(bytes: number): void {
    if (this.#held + bytes > this.#most) {
      throw new HttpError('unavailable', 'too many files at once', { reason: 'busy', retrySeconds: TRY_AGAIN_SECONDS });
    }
    this.#held += bytes;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}
