import type { DocumentInfo } from '../document.ts';
import type { TenantWriter, WordsOf } from '../tenant.ts';

/**
 * Forgets a document. The version that it had replaced is current again: who takes a new version back wants the old one,
 * and nothing goes that was not named. Called inside `vault.write`; undefined when there is no such document.
 */
export function forgetVersion(
  writer: TenantWriter,
  number: number,
  wordsOf: WordsOf,
): { readonly gone: DocumentInfo; readonly back: DocumentInfo | undefined } | undefined {
  const before = writer.replacedDocuments().findLast(({ replacedBy }) => replacedBy === number);
  const isCurrent = writer.document(number) !== undefined;
  const gone = writer.forgetDocument(number);
  if (!gone) return undefined;
  return { gone, back: isCurrent && before ? writer.restoreDocument(before.number, wordsOf) : undefined };
}
