import { expect } from 'vitest';

/** Expects something to become true, with patience for a busy machine. */
export function eventually<T>(get: () => T) {
  return expect.poll(get, { timeout: 20_000, interval: 10 });
}
