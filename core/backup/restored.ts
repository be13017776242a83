import { z } from 'zod';
import type { Facts } from '../control.ts';

/** The fact of control.db that this state folder came out of a backup, until everybody was told. Set by `kinkeeper restore`. */
const FACT = 'restored';

const shape = z.object({
  madeAt: z.number(),
  restoredAt: z.number(),
  endedKeys: z.array(z.string()).default([]),
});

/**
 * When the backup was made that the household was restored from, and when it was restored: milliseconds since 1970. `endedKeys`: which keys
 * of the HTTP API ended by that (`apiKeyMark`).
 */
export type Restored = z.infer<typeof shape>;

/** undefined in a household that was not restored, or whose people were told of it. */
export function readRestored(facts: Pick<Facts, 'get'>): Restored | undefined {
  const value = facts.get(FACT);
  return value === undefined ? undefined : shape.parse(JSON.parse(value));
}

export function noteRestored(facts: Pick<Facts, 'set'>, restored: Restored): void {
  facts.set(FACT, JSON.stringify(restored));
}

/** Everybody was told. */
export function settleRestored(facts: Pick<Facts, 'delete'>): void {
  facts.delete(FACT);
}
