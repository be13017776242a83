import type { Checkpoint } from '../../bot/matrix/checkpoint.ts';

/** Where the bot can be killed: its own named places, and `put-left`, which only the network sees: a send whose answer has not come. */
export type KillPoint = Exclude<Checkpoint, `export-${string}`> | 'put-left';

/**
 * Every point with the latest occurrence in one life of the bot that a campaign may choose: later ones would need more
 * traffic than one life gets. The compiler keeps the list complete.
 */
export const LATEST_OCCURRENCE: Readonly<Record<KillPoint, number>> = {
  'sync-read': 5,
  'sync-committed': 5,
  'crypto-fed': 5,
  'crypto-marked': 5,
  'crypto-flushing': 16,
  'event-decrypted': 3,
  'document-stored': 1,
  handled: 3,
  'outbox-queued': 3,
  encrypted: 3,
  'put-left': 3,
  'put-answered': 3,
  'put-recorded': 3,
};

/** All points, in the order in which a message meets them. */
export const KILL_POINTS = Object.keys(LATEST_OCCURRENCE) as readonly KillPoint[];

/** The last words of a process that was killed at a point; the campaign counts kills by them. */
export function killedLine(point: string): string {
  return `killed at ${point}`;
}
