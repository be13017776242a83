import { minute } from '../../minute.ts';
import type { VerifiedArchive } from '../verify-archive.ts';
import { showBytes } from './show-bytes.ts';

/** What a backup that is whole holds, in two lines for the terminal: for `kinkeeper backup verify` and `kinkeeper restore --check`. */
export function wholeLines({ head, files, plainBytes }: VerifiedArchive): string {
  const documents = head.tenants.reduce((sum, one) => sum + one.documents, 0);
  const server = head.homeserver === 'none' ? 'without the homeserver' : `with the homeserver (${head.homeserver})`;
  return [
    `Whole: ${files} files, ${showBytes(plainBytes)}, from ${minute(head.madeAt)} UTC, made by version ${head.version}.`,
    `${head.people} people, ${documents} papers, ${server}.`,
  ].join('\n');
}
