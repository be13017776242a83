import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../keys/durable-write.ts';
import { evidence } from './evidence-list.ts';

const FILE = 'locked-work.json';

/** What is done at a lockdown beside dropping the keys. `not-set-up`: this household lacks what it takes. */
const outcome = z.enum(['ok', 'failed', 'not-set-up']);
export type LockedOutcome = z.infer<typeof outcome>;

/**
 * How far ops is with that: left in the state folder for the bot, which is as locked as ops is, and kept in the control store once both are
 * unlocked. Names of ours and counts only; times in milliseconds since 1970. A step that is missing is not over.
 */
export const lockedWork = z.object({
  /** When the lockdown began. */
  at: z.number(),
  /** Closing access from outside. */
  outside: outcome.optional(),
  evidence: outcome.optional(),
  archive: evidence.optional(),
  /** What is not in the archive (names of ours). */
  missing: z.array(z.string()).optional(),
  /** Remotes that have the evidence as well. */
  sentTo: z.array(z.string()).optional(),
});
export type LockedWork = z.infer<typeof lockedWork>;

/** What ops has done so far; undefined when there is nothing, or nothing of ours. */
export function readLockedWork(stateDir: string): LockedWork | undefined {
  try {
    return lockedWork.safeParse(JSON.parse(readFileSync(join(stateDir, FILE), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** For ops. Throws AppError `unavailable` (`disk-full`, `state-dir`). */
export function writeLockedWork(stateDir: string, work: LockedWork): void {
  writeDurably(join(stateDir, FILE), `${JSON.stringify(work)}\n`, { exclusive: false });
}

/** For ops, once it stands in the control store. */
export function removeLockedWork(stateDir: string): void {
  rmSync(join(stateDir, FILE), { force: true });
}
