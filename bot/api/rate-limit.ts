import type { Clock } from '../../core/clock.ts';

/** So many at once, and so many a minute in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perMinute: number;
}

interface Bucket {
  left: number;
  at: number;
}

const MOST_NAMES = 10_000;

/** Token buckets by name, in memory. Used by the HTTP API for its keys. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate, clock: Clock) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** Takes one; 0 when there was one to take, else the seconds until there is. */
  take(name: string): number {
    const { burst, perMinute } = this.#rate;
    const now = this.#clock();
    const bucket = this.#buckets.get(name) ?? { left: burst, at: now };
    const passed = Math.max(0, now - bucket.at);
    const left = Math.min(burst, bucket.left + (passed * perMinute) / 60_000);
    const isFree = left >= 1;
    // The one that was not used for the longest time goes, and is full again by then.
    this.#buckets.delete(name);
    this.#buckets.set(name, { left: isFree ? left - 1 : left, at: now });
    if (this.#buckets.size > MOST_NAMES) this.#buckets.delete(this.#buckets.keys().next().value!);
    return isFree ? 0 : ((1 - left) * 60) / perMinute;
  }
}
