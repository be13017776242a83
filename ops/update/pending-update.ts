import type { Facts } from '../../core/control.ts';
import type { KeptDigest } from '../../core/kept-digest.ts';

/** The fact that an update was asked for, from before it begins until its end was told. */
const FACT = 'update';

/** An update under way. `kept`: what has to be there after it. */
export interface PendingUpdate {
  readonly update: string;
  readonly from: string;
  readonly to: string;
  readonly askedAt: number;
  readonly kept: KeptDigest;
}

/** The update under way; undefined when there is none. */
export function pendingUpdate(facts: Facts): PendingUpdate | undefined {
  const text = facts.get(FACT);
  return text === undefined ? undefined : (JSON.parse(text) as PendingUpdate);
}

/** Notes that one begins. */
export function noteUpdate(facts: Facts, update: PendingUpdate): void {
  facts.set(FACT, JSON.stringify(update));
}

/** It is over, or never began. */
export function forgetUpdate(facts: Facts): void {
  facts.delete(FACT);
}
