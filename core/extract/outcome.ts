import { Refusal } from '../ingest/extractor.ts';

/** What anything thrown by an extractor means for the person who sent the file. */
export function outcomeOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  // Out of address space: V8 says RangeError for buffers ("Array buffer allocation failed", "Invalid array length"),
  // PDFium aborts. A stack overflow is a RangeError too: nested deeper than any honest file.
  const hard = error instanceof RangeError || /memory|abort/i.test(error instanceof Error ? error.message : '');
  return new Refusal(hard ? 'file-too-hard' : 'file-damaged');
}
