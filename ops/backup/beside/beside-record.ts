import { z } from 'zod';
import type { Facts } from '../../../core/control.ts';

/** The fact of control.db; written by the job `sendBeside` alone. */
const FACT = 'sent-beside';

const shape = z.object({
  /** The newest sealed copy of what was erased: SHA-256 (hex) of the list in it, its name, and size and SHA-256 of the sealed file. */
  list: z.object({ holds: z.string(), name: z.string(), bytes: z.number(), sha256: z.string() }).optional(),
  /** By remote: the files that lie there, and when its own list was last looked at (milliseconds since 1970). */
  there: z.record(z.string(), z.object({ files: z.array(z.string()), lookedAt: z.number() })),
});

/** What was made and sent beside the generations. */
export type BesideRecord = z.infer<typeof shape>;

/** Nothing, for a fact that nobody of ours wrote: then it is all looked at anew. */
export function readBesideRecord(facts: Pick<Facts, 'get'>): BesideRecord {
  const stored = facts.get(FACT);
  const read = stored === undefined ? undefined : shape.safeParse(JSON.parse(stored));
  return read?.success ? read.data : { there: {} };
}

export function writeBesideRecord(facts: Pick<Facts, 'set'>, record: BesideRecord): void {
  facts.set(FACT, JSON.stringify(record));
}
