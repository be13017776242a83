import type { DocumentInfo } from '../core/document.ts';
import type { TenantWriter } from '../core/tenant.ts';

/**
 * Forgets a document with everything that may repeat its words: passages, indexes, and chat memory, because earlier
 * answers may quote it. Used by `!forget` and by the redaction of the message that brought the file. undefined (and
 * nothing changed) when there is no such document.
 */
export function forgetDocument(writer: TenantWriter, number: number): DocumentInfo | undefined {
  const document = writer.forgetDocument(number);
  if (document !== undefined) writer.forgetTurns();
  return document;
}
