import type { Caller } from '../../core/caller.ts';
import type { Share, Shares } from '../../core/shares.ts';

/**
 * What a person lent or was lent, for their export: without the way into its copy, and without the number that a document
 * has among somebody else's. Used by bot and console.
 */
export function sharesOf(
  shares: Pick<Shares, 'of'>,
  caller: Caller,
): (Omit<Share, 'shelf' | 'document'> & { readonly document?: number })[] {
  return shares.of(caller).map(({ shelf: _shelf, document, ...share }) => ({
    ...share,
    ...(share.side === 'owner' && { document }),
  }));
}
