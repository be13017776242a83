import { type Generation, type Generations, generationOf } from '../../core/backup/generation.ts';
import { isAsMade } from './look-again.ts';
import type { Remote, RemoteFile } from './remote.ts';

/**
 * Reads back once what lies at a remote, is known by its SHA-256 and was never compared there: the backup that a household was restored
 * from. One that is the same counts as a copy from then on; another stays a name in a list. Called before anything is missed there:
 * by the newest copy it is known what the rule has let go of. Throws AppError `unavailable` where the remote cannot be reached.
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
    if (known === undefined || known.bytes !== bytes || !isNewThere(known, remote.name)) continue;
    if (await isAsMade(remote, known, signal))
      backups.noteCopy(known.name, { place: remote.name, verifiedAt: clock() });
  }
}

/** What was compared there and is other bytes stands in the records as well: to read it again before anything is sent could take all of the time. */
function isNewThere({ sha256, copies, provenAt }: Generation, remote: string): boolean {
  return sha256 !== '' && provenAt !== null && !copies.some(({ place }) => place === remote);
}
