import type { LentStore } from '../core/ask/pooled-reader.ts';
import type { Caller } from '../core/caller.ts';
import type { Shares } from '../core/shares.ts';

/** What was lent to a caller, for answering: nothing in a family room. Used by the entry files. */
export function lentStores(shares: Shares): (caller: Caller) => LentStore[] {
  return (caller) =>
    shares.of(caller).flatMap(({ side, shelf, owner }) => (side === 'reader' ? [{ caller: shelf, owner }] : []));
}
