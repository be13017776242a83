import { setTimeout as sleep } from 'node:timers/promises';

/** Keeps a transfer under so many KiB a second (undefined: as fast as it goes). One per remote, for all that goes through it. */
export class Pace {
  readonly #perMs: number;
  #freeAt = 0;

  constructor(kiB: number | undefined) {
    this.#perMs = kiB === undefined ? Number.POSITIVE_INFINITY : (kiB * 1024) / 1000;
  }

  /** Hands chunks on, each when the line would have carried the ones before it. */
  async *through(chunks: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      const now = performance.now();
      const wait = this.#freeAt - now;
      this.#freeAt = Math.max(this.#freeAt, now) + chunk.length / this.#perMs;
      if (wait > 0) await sleep(wait, undefined, { signal });
      yield chunk;
    }
  }
}
