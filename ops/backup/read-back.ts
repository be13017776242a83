import { type Generation, type Generations, generationOf, LOCAL_PLACE } from '../../core/backup/generation.ts';
import type { Remote, RemoteFile } from './remote.ts';
import { sha256Of } from './remotes/sha256-of.ts';

/**
 * Reads back once what lies at a remote, is known by its SHA-256 and was never compared there: the backup that a household was restored
 * from, which no sending compares where it is not on this machine. One that is the same counts as a copy from then on; another stays a
 * name in a list. Throws what the remote throws.
 */
export async function readBack(
  remote: Remote,
  list: readonly RemoteFile[],
  {
    backups,
    clock,
    signal,
  }: {
    readonly backups: Pick<Generations, 'find' | 'noteCopy'>;
    readonly clock: () => number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  if (remote.isReadable === false) return;
  for (const { name: file, bytes } of list) {
    const name = generationOf(file);
    const known = name === undefined ? undefined : backups.find(name);
    if (known === undefined || known.bytes !== bytes || !isUncompared(known, remote.name)) continue;
    const found = await sha256Of(await remote.read(file, signal, bytes));
    if (found.sha256 === known.sha256 && found.bytes === bytes)
      backups.noteCopy(known.name, { place: remote.name, verifiedAt: clock() });
  }
}

/** What is on this machine is compared by sending it. */
function isUncompared({ sha256, copies, provenAt }: Generation, remote: string): boolean {
  const isThere = copies.some(({ place, verifiedAt }) => place === LOCAL_PLACE || (place === remote && verifiedAt > 0));
  return sha256 !== '' && provenAt !== null && !isThere;
}
