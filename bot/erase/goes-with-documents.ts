import type { EraseCounts } from '../../core/erase/erasure.ts';

/** What stays of a person whose documents went. */
const STAYS = new Set(['settings', 'openMessages', 'queuedMessages', 'uploads']);

/** Of what is kept of a person, what goes when all their documents do: for the preview, the receipt and its check. */
export function goesWithDocuments(counts: EraseCounts): EraseCounts {
  return Object.fromEntries(Object.entries(counts).filter(([name]) => !STAYS.has(name)));
}
