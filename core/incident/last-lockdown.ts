import { z } from 'zod';
import type { Facts } from '../control.ts';
import { lockedWork } from './locked-work.ts';

const shape = lockedWork.extend({ liftedAt: z.number() });

/** A lockdown that is over, and what was done in it. */
export type LastLockdown = z.infer<typeof shape>;

const FACT = 'last-lockdown';

/** The newest lockdown; undefined when there was none. */
export function lastLockdown(facts: Pick<Facts, 'get'>): LastLockdown | undefined {
  const stored = facts.get(FACT);
  return stored === undefined ? undefined : shape.safeParse(JSON.parse(stored)).data;
}

/** Remembers one that is over. */
export function rememberLockdown(facts: Facts, lockdown: LastLockdown): void {
  facts.set(FACT, JSON.stringify(lockdown));
}
