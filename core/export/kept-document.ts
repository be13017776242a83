import type { DocumentInfo, ReplacedDocument } from '../document.ts';
import type { TenantReader } from '../tenant.ts';

/** A document by its number, current or an earlier version; undefined when there is none. */
export function keptDocument(reader: TenantReader, number: number): DocumentInfo | ReplacedDocument | undefined {
  return reader.document(number) ?? reader.replacedDocuments().find((one) => one.number === number);
}
