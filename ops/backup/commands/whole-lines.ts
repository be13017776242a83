import { minute } from '../../minute.ts';
import type { VerifiedArchive } from '../verify-archive.ts';
import { showBytes } from './show-bytes.ts';

const WHY = { missing: 'it was not there', link: 'it is a link', 'no-file': 'it is no file' } as const;
const SHOWN = 5;

/** What a backup that is whole holds, and what it says that it does not, in lines for the terminal: for `kinkeeper backup verify` and `kinkeeper restore --check`. */
export function wholeLines({ head, files, plainBytes, leftOut }: VerifiedArchive): string {
  const documents = head.tenants.reduce((sum, one) => sum + one.documents, 0);
  const server = head.homeserver === 'none' ? 'without the homeserver' : `with the homeserver (${head.homeserver})`;
  return [
    `Whole: ${files} files, ${showBytes(plainBytes)}, from ${minute(head.madeAt)} UTC, made by version ${head.version}.`,
    `${head.people} people, ${documents} papers, ${server}.`,
    ...leftOut.slice(0, SHOWN).map(({ name, why }) => `LEFT OUT when it was made: ${name} (${WHY[why]}).`),
    ...(leftOut.length > SHOWN ? [`LEFT OUT, too: ${leftOut.length - SHOWN} more (--json names them).`] : []),
  ].join('\n');
}
