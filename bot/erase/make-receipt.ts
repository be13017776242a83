import type { EraseCounts, Erasure } from '../../core/erase/erasure.ts';
import { type Receipt, type Remains, signReceipt } from '../../core/erase/receipt.ts';
import type { EraseParts } from './erase-parts.ts';

/** Makes the signed receipt of an erasure whose check found `after`, which is all zero. */
export function makeReceipt(
  { erasing, backups, clock }: Pick<EraseParts, 'erasing' | 'backups' | 'clock'>,
  erasure: Erasure,
  found: { readonly after: EraseCounts; readonly remains: readonly Remains[] },
): string {
  const { kind, cause, reference, askedAt, before, person } = erasure;
  const now = clock();
  const receipt: Receipt = {
    version: 1,
    reference,
    subject: erasing.subject(person!),
    ...{ kind, cause, askedAt, before },
    erasedAt: now,
    ...found,
    backups: backups().filter(({ keptUntil }) => keptUntil === null || keptUntil > now),
  };
  return signReceipt(receipt, erasing.signingKey);
}
