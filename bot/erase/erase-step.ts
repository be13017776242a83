import type { Erasure } from '../../core/erase/erasure.ts';
import type { EraseParts } from './erase-parts.ts';

/** What a step found out, stored in the transaction that notes the step as done. */
export type StepResult = Partial<Pick<Erasure, 'before' | 'traces' | 'receipt'>>;

/**
 * A step of an erasure. It may be killed anywhere and is then run again from its beginning, so a repeat changes nothing.
 * What it throws is tried again later and told to the admins: a step is never passed over.
 */
export interface EraseStep {
  /** Fixed: it stands in records. */
  readonly name: string;
  /** Steps to be done again when this one finds that something is left (`incomplete`): it came after them. */
  readonly redo?: readonly string[];
  readonly run: (parts: EraseParts, erasure: Erasure) => Promise<StepResult | undefined>;
}

/** For a step that finds nothing out: waits for its work. */
export async function noResult(work: unknown): Promise<undefined> {
  await work;
  return undefined;
}
