import type { Caller } from '../../core/caller.ts';
import type { EraseCounts } from '../../core/erase/erasure.ts';
import type { EraseParts } from './erase-parts.ts';
import { countRows } from './person-rows.ts';

type CountParts = Pick<EraseParts, 'db' | 'erasing' | 'shares'>;

/** Rows of a tenant's file that `!forget all` leaves. */
const STAYS = new Set(['settings']);

/** What `!forget all` removes, counted now: for its preview, and on the receipt before and after. Settings and the chat stay. */
export function documentCounts(
  { db, erasing, shares }: CountParts,
  { person, tenant }: Pick<Caller, 'person' | 'tenant'>,
): EraseCounts {
  const kept = Object.entries(erasing.inventory(tenant).counts).filter(([name]) => !STAYS.has(name));
  const { lockedFiles = 0 } = countRows(db, person);
  return { ...Object.fromEntries(kept), shares: shares.lentFrom(tenant).length, lockedFiles };
}
