import type { Clock } from '../core/clock.ts';
import type { DailyFigures } from '../core/daily-figures.ts';
import type { Logger } from '../core/log.ts';

interface CounterParts {
  readonly daily: Pick<DailyFigures, 'noteAnswer' | 'noteFile'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Counts what the bot did today, for the picture of `!status` and the digest: how long answers took, how many files were
 * kept; never whose. A count that cannot be written is lost and logged: what it counts is done by then, and stays done.
 * Used by the dispatcher and its file desk.
 */
export class DayCounter {
  readonly #parts: CounterParts;

  constructor(parts: CounterParts) {
    this.#parts = parts;
  }

  /** A question was answered that was taken up at this time (milliseconds since 1970); waiting for its turn counts. */
  answered(since: number): void {
    const now = this.#parts.clock();
    this.#attempt(() => this.#parts.daily.noteAnswer(now, Math.max(0, now - since) / 1000));
  }

  /** A file was read and kept. */
  kept(): void {
    this.#attempt(() => this.#parts.daily.noteFile(this.#parts.clock()));
  }

  #attempt(note: () => void): void {
    try {
      note();
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'the figures of the day could not be noted');
    }
  }
}
