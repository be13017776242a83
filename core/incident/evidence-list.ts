import { z } from 'zod';
import type { Control, Facts } from '../control.ts';

/** An evidence archive as it is known: sizes in bytes, times in milliseconds since 1970. `files`: how many are in it. */
export const evidence = z.object({
  name: z.string(),
  madeAt: z.number(),
  bytes: z.number(),
  /** Of the sealed file, in hex. */
  sha256: z.string(),
  files: z.number(),
  cause: z.enum(['asked', 'lockdown', 'rehearsal']),
});
export type Evidence = z.infer<typeof evidence>;

const shape = z.array(evidence);

const FACT = 'evidence';
/** The newest so many are remembered; the archives themselves are never removed. */
const MOST = 50;

/** The evidence archives that this household made, newest first; none for a fact that nobody of ours wrote. */
export function evidenceList(facts: Pick<Facts, 'get'>): Evidence[] {
  const stored = facts.get(FACT);
  if (stored === undefined) return [];
  const read = shape.safeParse(JSON.parse(stored));
  return read.success ? read.data : [];
}

/** Remembers an archive, for reports of incidents. Nothing changes when it is known already. */
export function rememberEvidence(facts: Facts, made: Evidence): void {
  const known = evidenceList(facts);
  if (known.some(({ name }) => name === made.name)) return;
  facts.set(FACT, JSON.stringify([made, ...known].slice(0, MOST)));
}

/** Remembers one, and notes in the trail who had it made. For `kinkeeper evidence` and the job. */
export function noteEvidence(
  { facts, audit }: Pick<Control, 'facts' | 'audit'>,
  made: Evidence,
  { at, actor }: { readonly at: number; readonly actor: string },
): void {
  rememberEvidence(facts, made);
  audit.append({ at, actor, action: 'evidence.made', target: made.name, outcome: 'done' });
}
