import { channel } from 'node:diagnostics_channel';

const checkpoints = channel('kinkeeper:checkpoint');

/** The places where losing the process is hardest to get right; `prove:durability` kills the bot at each of them. */
export type Checkpoint =
  | 'sync-read'
  | 'sync-committed'
  | 'crypto-fed'
  | 'crypto-marked'
  | 'crypto-flushing'
  | 'event-decrypted'
  | 'document-stored'
  | 'handled'
  | 'outbox-queued'
  | 'encrypted'
  | 'put-answered'
  | 'put-recorded'
  | 'export-planned'
  | 'export-uploaded';

/** Names the place that the process has reached. Without a listener this costs nothing and does nothing. */
export function checkpoint(name: Checkpoint): void {
  if (checkpoints.hasSubscribers) checkpoints.publish(name);
}
