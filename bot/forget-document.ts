import type { DocumentInfo } from '../core/document.ts';
import { forgetVersion } from '../core/ingest/forget-version.ts';
import type { TenantWriter, WordsOf } from '../core/tenant.ts';

/**
 * Forgets a document with everything that may repeat its words: passages, indexes, and chat memory, because earlier
 * answers may quote it. An earlier version that it had replaced is `back`. Used by `!forget` and by the redaction of the
 * last message that brought the file. undefined (and nothing changed) when there is no such document.
 */
export function forgetDocument(
  writer: TenantWriter,
  number: number,
  wordsOf: WordsOf,
): { readonly gone: DocumentInfo; readonly back: DocumentInfo | undefined } | undefined {
  const forgotten = forgetVersion(writer, number, wordsOf);
  if (forgotten !== undefined) writer.forgetTurns();
  return forgotten;
}
