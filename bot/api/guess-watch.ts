import type { AlertLog } from '../../core/alert.ts';
import type { Clock } from '../../core/clock.ts';

/** How many wrong keys are let pass, and how long one counts. */
export interface GuessLimits {
  /** From one address: a person who types a key wrong, or a scanner with an old one. */
  readonly perAddress: number;
  /** From everywhere. From then on only addresses that came with a right key before are listened to. */
  readonly inAll: number;
  /** From so many on the admins are told. */
  readonly alert: number;
  readonly windowMs: number;
}

export const GUESS_LIMITS: GuessLimits = { perAddress: 10, inAll: 200, alert: 30, windowMs: 10 * 60_000 };

/** The alert's key, and its code. */
const GUESSING = 'api-guessing';
const MOST_ADDRESSES = 10_000;

/**
 * Counts wrong keys, in memory and never with a key. Who sent too many of them waits until the first ones are old enough; so
 * nobody tries more than a few thousand of 2^130 a day, and a family that mistyped one is back in ten minutes.
 */
export class GuessWatch {
  readonly #limits: GuessLimits;
  readonly #clock: Clock;
  readonly #wrong = new Map<string, number[]>();
  readonly #trusted = new Set<string>();
  #all: number[] = [];
  #isTold = false;

  constructor(limits: GuessLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** 0 when an address may try a key now, else the seconds until it may. To be asked before its key is looked at. */
  waitOf(address: string): number {
    const { perAddress, inAll } = this.#limits;
    const own = this.#young(this.#wrong.get(address) ?? []);
    if (own.length >= perAddress) return this.#secondsUntil(own[own.length - perAddress]!);
    this.#all = this.#young(this.#all);
    if (this.#all.length < inAll || this.#trusted.has(address)) return 0;
    return this.#secondsUntil(this.#all[this.#all.length - inAll]!);
  }

  /** A wrong key came from there. */
  wrong(address: string, alerts: Pick<AlertLog, 'raise'>): void {
    const now = this.#clock();
    remember(this.#wrong, address, [...this.#young(this.#wrong.get(address) ?? []), now]);
    this.#all = [...this.#young(this.#all), now];
    if (this.#all.length < this.#limits.alert || this.#isTold) return;
    this.#isTold = true;
    alerts.raise({ code: GUESSING, severity: 'warning', key: GUESSING, facts: { count: this.#all.length } });
  }

  /** A right key came from there. */
  right(address: string): void {
    if (this.#trusted.size < MOST_ADDRESSES) this.#trusted.add(address);
  }

  /** Ends the alert once nobody tries any more. Called again and again. */
  tick(alerts: Pick<AlertLog, 'clear'>): void {
    this.#all = this.#young(this.#all);
    if (this.#all.length > 0) return;
    this.#wrong.clear();
    // Also one that an earlier process raised.
    alerts.clear(GUESSING);
    this.#isTold = false;
  }

  #young(times: readonly number[]): number[] {
    const since = this.#clock() - this.#limits.windowMs;
    return times.filter((at) => at > since);
  }

  #secondsUntil(oldest: number): number {
    return Math.max(1, (oldest + this.#limits.windowMs - this.#clock()) / 1000);
  }
}

function remember(map: Map<string, number[]>, address: string, times: number[]): void {
  map.delete(address);
  map.set(address, times);
  if (map.size > MOST_ADDRESSES) map.delete(map.keys().next().value!);
}
