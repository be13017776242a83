import { AppError } from '../../../core/errors.ts';
import type { TenantReader } from '../../../core/tenant.ts';

/** '' when nothing was opened. Throws what is no refusal. */
export function opened(work: () => string): string {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== 'not-found') throw thrown;
    return '';
  }
}

/** All that a store has of its papers, as one text. */
export function everything(reader: TenantReader): string {
  const documents = [...reader.documents(), ...reader.replacedDocuments()];
  return JSON.stringify([documents, documents.map(({ number }) => reader.passagesOf(number)), reader.passageCount()]);
}
