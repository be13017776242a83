import { channel } from 'node:diagnostics_channel';

const steps = channel('kinkeeper:step');

/**
 * Names the place that a change of several steps has reached (a new key, an erasure). `prove:kill-steps` kills the process
 * right there. Without a listener this costs nothing and does nothing.
 */
export function step(name: string): void {
  if (steps.hasSubscribers) steps.publish(name);
}
