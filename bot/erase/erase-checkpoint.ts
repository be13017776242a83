import { channel } from 'node:diagnostics_channel';

const checkpoints = channel('kinkeeper:erase');

/** Where an erasure stands: before a step, after it, and when the record knows. */
export type EraseMoment = 'begun' | 'stepped' | 'noted';

/** Names the place that an erasure has reached, for tests that end the process there. Without a listener it does nothing. */
export function eraseCheckpoint(step: string, moment: EraseMoment): void {
  if (checkpoints.hasSubscribers) checkpoints.publish({ step, moment });
}
