import { z } from 'zod';
import type { Facts } from '../control.ts';

/** The steps of an incident that a rehearsal goes through, in order. */
export const REHEARSED = ['lock', 'outside', 'evidence', 'restore', 'report'] as const;
export type RehearsedStep = (typeof REHEARSED)[number];

const shape = z.object({
  at: z.number(),
  steps: z.array(
    z.object({
      step: z.enum(REHEARSED),
      /** `not-set-up`: this household lacks what the step takes. */
      outcome: z.enum(['ok', 'failed', 'not-set-up']),
      ms: z.number(),
    }),
  ),
});

/** How the last rehearsal went. `at` and `ms` in milliseconds. */
export type Rehearsal = z.infer<typeof shape>;

const FACT = 'incident-rehearsal';

/** The last rehearsal; undefined before the first. */
export function lastRehearsal(facts: Pick<Facts, 'get'>): Rehearsal | undefined {
  const stored = facts.get(FACT);
  return stored === undefined ? undefined : shape.safeParse(JSON.parse(stored)).data;
}

/** Remembers how one went, for `!incident`. */
export function rememberRehearsal(facts: Facts, rehearsal: Rehearsal): void {
  facts.set(FACT, JSON.stringify(rehearsal));
}
