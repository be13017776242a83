import { z } from 'zod';
import type { Facts } from '../control.ts';

/** What is done at a lockdown beside dropping the keys; by ops, which needs none for it. */
export const LOCKED_STEPS = ['outside', 'evidence'] as const;

const outcome = z.enum(['ok', 'failed', 'not-set-up']);

/** How far that is, as ops leaves it in the state folder for the bot, while both are locked. Times in milliseconds; names of ours and counts only. */
export const lockedWork = z.object({
  at: z.number(),
  outside: outcome.optional(),
  evidence: outcome.optional(),
  archive: z
    .object({
      name: z.string(),
      madeAt: z.number(),
      bytes: z.number(),
      sha256: z.string(),
      files: z.number(),
      cause: z.literal('lockdown'),
    })
    .optional(),
});
export type LockedWork = z.infer<typeof lockedWork>;

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
