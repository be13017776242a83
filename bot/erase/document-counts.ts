import type { Caller } from '../../core/caller.ts';
import type { CountedWithin } from '../../core/erase/erasing.ts';
import type { EraseCounts } from '../../core/erase/erasure.ts';
import type { EraseParts } from './erase-parts.ts';
import { countLocked } from './person-rows.ts';

type CountParts = Pick<EraseParts, 'db' | 'erasing' | 'shares'>;

/** Rows of a tenant's file that `!forget all` leaves. */
const STAYS = new Set(['settings']);

/**
 * What `!forget all` removes, counted now: for its preview, and on the receipt before and after; `within`: what of it was
 * there at the confirmation. Settings and the chat stay.
 */
export function documentCounts(
  { db, erasing, shares }: CountParts,
  { person, tenant }: Pick<Caller, 'person' | 'tenant'>,
  within?: CountedWithin,
): EraseCounts {
  const kept = Object.entries(erasing.inventory(tenant, within).counts).filter(([name]) => !STAYS.has(name));
  const lent = shares.lentFrom(tenant).filter(({ document }) => !within || document <= within.upTo.document);
  return { ...Object.fromEntries(kept), shares: lent.length, lockedFiles: countLocked(db, person, within?.events) };
}
