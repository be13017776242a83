import { archiveName, type Generation, type Generations, generationOf } from '../../core/backup/generation.ts';
import { AppError } from '../../core/errors.ts';
import type { Remote, RemoteFile } from './remote.ts';
import { sha256Of } from './remotes/sha256-of.ts';

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
    if (known === undefined || known.bytes !== bytes || !isUncompared(known, remote.name)) continue;
    if (await isGood(remote, known, signal)) backups.noteCopy(known.name, { place: remote.name, verifiedAt: clock() });
  }
}

function isUncompared({ sha256, copies, provenAt }: Generation, remote: string): boolean {
  const isCompared = copies.some(({ place, verifiedAt }) => place === remote && verifiedAt > 0);
  return sha256 !== '' && provenAt !== null && !isCompared;
}

/** False also where the remote does not give it, or something else: that must not keep others from being sent there. */
async function isGood(remote: Remote, { name, bytes, sha256 }: Generation, signal: AbortSignal): Promise<boolean> {
  try {
    const found = await sha256Of(await remote.read(archiveName(name), signal, bytes));
    return found.sha256 === sha256 && found.bytes === bytes;
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof AppError && thrown.code !== 'unavailable') return false;
    throw thrown;
  }
}
