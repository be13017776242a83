import { randomInt } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';

// No letters that are taken for digits, and none that together make words.
const LETTERS = 'BCDFGHJKMNPQRSTVWXZ23456789';
const LENGTH = 6;

/** How long a code waits to be typed. */
export const CODE_MS = 10 * 60_000;

/**
 * Codes that confirm what cannot be undone: random, for one person and one act, good once and for ten minutes. They are in
 * memory alone, so no old message, no repeat by a server and no restart makes one good again.
 */
export class ConfirmCodes {
  readonly #clock: Clock;
  readonly #codes = new Map<string, { code: string; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new code for an act of a person; an earlier one for the same is no longer good. */
  give(person: string, act: string): string {
    const code = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    this.#codes.set(`${person} ${act}`, { code, until: this.#clock() + CODE_MS });
    return code;
  }

  /** True once for the code that was given for this act. A wrong one uses it up. */
  use(person: string, act: string, typed: string): boolean {
    const waiting = this.#codes.get(`${person} ${act}`);
    this.#codes.delete(`${person} ${act}`);
    return waiting !== undefined && waiting.code === typed.toUpperCase() && this.#clock() < waiting.until;
  }
}
