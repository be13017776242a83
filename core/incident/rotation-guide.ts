import { z } from 'zod';
import type { Facts } from '../control.ts';
import type { RotationSeen } from './rotation-sight.ts';

/** What is changed after somebody was in, in the order of the guide. */
export const ROTATED = [
  'passphrase',
  'recovery-code',
  'master-key',
  'people-keys',
  'bot-password',
  'accounts-token',
  'api-keys',
  'model-keys',
  'database',
  'ssh-host-keys',
  'wireguard',
  'backup-key',
] as const;
export type RotatedItem = (typeof ROTATED)[number];

/** What Kinkeeper changes by itself, when it is told to. */
export const CHANGED_HERE = [
  'bot-password',
  'api-keys',
  'ssh-host-keys',
  'wireguard',
] as const satisfies readonly RotatedItem[];
export type ChangedHere = (typeof CHANGED_HERE)[number];

/** `seen`: the change itself was noticed; else somebody says so. */
const settled = z.object({
  state: z.enum(['done', 'skipped']),
  at: z.number(),
  by: z.string(),
  seen: z.boolean().optional(),
});
export type Settled = z.infer<typeof settled>;

const shape = z.object({
  startedAt: z.number(),
  items: z.partialRecord(z.enum(ROTATED), settled),
  /** What could be seen when the round began (RotationSeen). */
  before: z.partialRecord(z.enum(ROTATED), z.array(z.string())).optional(),
  absent: z.array(z.enum(ROTATED)).optional(),
});

/** Where a household stands. `by` is a Matrix address, `shell`, or `system`; times in milliseconds. */
export type RotationGuide = z.infer<typeof shape>;

const FACT = 'rotation-guide';

/** The guide under way, or the last one; undefined when there was none. */
export function rotationGuide(facts: Pick<Facts, 'get'>): RotationGuide | undefined {
  const stored = facts.get(FACT);
  return stored === undefined ? undefined : shape.safeParse(JSON.parse(stored)).data;
}

/** Begins anew: nothing counts as done. `seen`: what can be seen now. */
export function beginRotation(facts: Facts, at: number, seen?: RotationSeen): RotationGuide {
  const guide: RotationGuide = { startedAt: at, items: {}, before: seen?.prints, absent: seen?.absent };
  facts.set(FACT, JSON.stringify(guide));
  return guide;
}

/** Notes what became of one item; begins a guide where there is none. */
export function noteRotated(facts: Facts, item: RotatedItem, what: Settled): RotationGuide {
  const guide = rotationGuide(facts) ?? beginRotation(facts, what.at);
  const next = { ...guide, items: { ...guide.items, [item]: what } };
  facts.set(FACT, JSON.stringify(next));
  return next;
}
