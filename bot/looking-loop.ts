import type { Logger } from '../core/log.ts';

interface LookingParts {
  /** One look at everything that may be new. */
  readonly look: () => Promise<void>;
  readonly log: Logger;
}

/** Looks around whenever there is news, one look at a time; news during a look leads to another one. */
export class LookingLoop {
  readonly #parts: LookingParts;
  readonly #signal: AbortSignal;
  #looking: Promise<void> | undefined;
  #again = false;

  constructor(parts: LookingParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** There is news. Safe to call at any time; never throws. */
  wake(): void {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = this.#lookAround()
      .catch((error: unknown) => {
        if (!this.#signal.aborted) this.#parts.log.error({ err: error }, 'looking at the inbox failed');
      })
      .finally(() => {
        this.#looking = undefined;
      });
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    await this.#looking;
  }

  async #lookAround(): Promise<void> {
    do {
      this.#again = false;
      await this.#parts.look();
    } while (this.#again && !this.#signal.aborted);
  }
}
