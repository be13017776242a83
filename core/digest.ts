import { z } from 'zod';
import type { Facts } from './control.ts';

/** The facts that hold the newest digest, and the end of the one that was sent last. ops writes the first, the bot the second. */
const BOOKED = 'digest';
const SENT = 'digest-sent';

const known = z.number().nullable();
const shape = z.object({
  /** The time that it tells of, milliseconds since 1970; `to` names it. */
  from: z.number(),
  to: z.number(),
  answers: z.number(),
  /** Seconds within which half of the answers came. */
  medianSeconds: known,
  files: z.number(),
  keptBytes: known,
  /** How much more that is than at the beginning. */
  keptChangeBytes: known,
  diskFreeBytes: known,
  diskBytes: known,
  /** When the disk is full if it goes on filling at its pace of the last two weeks; null: not within a year, or not known yet. */
  fullInDays: known,
  backupsMade: z.number(),
  backupsProven: z.number(),
  backupsFailed: z.number(),
  /** How old the newest proven backup is; null: there is none. */
  provenAgeMs: known,
  hasBackups: z.boolean(),
  updatesMade: z.number(),
  updatesFailed: z.number(),
  /** What the host helper says; null: nothing. */
  securityUpdates: known,
  rebootRequired: z.boolean().nullable(),
  /** Runs of other jobs that failed. */
  jobsFailed: z.number(),
  /** Warnings and worse: raised in this time, and open now. */
  alertsRaised: z.number(),
  alertsOpen: z.number(),
  failedLogins: known,
});

/** What happened in a week (or longer, when one could not be sent): counts, sizes and times, of everybody together. */
export type Digest = Readonly<z.infer<typeof shape>>;

/** Puts a digest in the place of the last one, for the bot to send. Called by the job `digest`. */
export function bookDigest(facts: Facts, digest: Digest): void {
  facts.set(BOOKED, JSON.stringify(digest));
}

/** The newest digest, and whether it was sent; undefined before the first. One that is damaged counts as none. */
export function lastDigest(facts: Facts): { readonly digest: Digest; readonly isSent: boolean } | undefined {
  const digest = parsed(facts.get(BOOKED));
  // By name and not by order: a clock that was wrong for a while must not keep later ones from being sent.
  return digest && { digest, isSent: facts.get(SENT) === String(digest.to) };
}

/** The digest that waits to be sent; undefined when none does. Asked by the bot. */
export function waitingDigest(facts: Facts): Digest | undefined {
  const last = lastDigest(facts);
  return last?.isSent === false ? last.digest : undefined;
}

/** It is safely on its way. */
export function markDigestSent(facts: Facts, { to }: Digest): void {
  facts.set(SENT, String(to));
}

function parsed(text: string | undefined): Digest | undefined {
  if (text === undefined) return undefined;
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
