import { z } from 'zod';
import type { Facts } from '../control.ts';
import type { BackupPlace } from './generation.ts';

/** The fact of control.db, written by the jobs that send. */
const FACT = 'removal-at-remotes';

/** By remote: whether it removed what we asked it to. */
const shape = z.record(z.string(), z.boolean());

/**
 * Whether a remote lets us remove, as its own last answer had it: false where it refused, or keeps what was removed as an older
 * version; undefined before anything was to be removed there.
 */
export function removalAt(facts: Pick<Facts, 'get'>, remote: BackupPlace): boolean | undefined {
  return notes(facts)[remote];
}

/** The remotes where we cannot remove, for the promises of receipts and `!privacy`. */
export function keepingPlaces(facts: Pick<Facts, 'get'>): BackupPlace[] {
  return Object.entries(notes(facts)).flatMap(([remote, removes]) => (removes ? [] : [remote]));
}

export function noteRemoval(facts: Pick<Facts, 'get' | 'set'>, remote: BackupPlace, removes: boolean): void {
  const known = notes(facts);
  if (known[remote] !== removes) facts.set(FACT, JSON.stringify({ ...known, [remote]: removes }));
}

function notes(facts: Pick<Facts, 'get'>): z.infer<typeof shape> {
  const stored = facts.get(FACT);
  const read = stored === undefined ? undefined : shape.safeParse(JSON.parse(stored));
  return read?.success ? read.data : {};
}
