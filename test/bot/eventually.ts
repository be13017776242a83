import { expect } from 'vitest';
import { PATIENCE_MS } from '../patience.ts';

/** Expects something to become true, with patience for a busy machine. */
export function eventually<T>(get: () => T) {
  return expect.poll(get, { timeout: PATIENCE_MS, interval: 10 });
}
