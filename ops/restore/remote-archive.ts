import { archiveName, generationOf } from '../../core/backup/generation.ts';
import { AppError } from '../../core/errors.ts';
import type { Remote } from '../backup/remote.ts';
import type { ArchiveSource } from '../backup/verify-archive.ts';

/**
 * A backup at a remote, as a source that is read twice without ever lying on this disk: `generation`, or the newest there is. Throws
 * AppError `not-found` (reason `backup-archive`) when it is not there, and what the remote throws.
 */
export async function remoteArchive(
  remote: Remote,
  { generation, signal }: { generation: string | undefined; signal: AbortSignal },
): Promise<ArchiveSource> {
  // Names begin with the time: the last one is the newest.
  const files = (await remote.list(signal))
    .filter(({ name }) => generationOf(name) !== undefined)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found = generation === undefined ? files.at(-1) : files.find(({ name }) => name === fileNameOf(generation));
  if (found === undefined) {
    const there = files.slice(-5).map(({ name }) => generationOf(name));
    throw new AppError('not-found', `${remote.name} has no backup ${generation ?? 'at all'}`, {
      reason: 'backup-archive',
      hint: there.length === 0 ? 'Look at another place.' : `The newest there: ${there.join(', ')}`,
    });
  }
  return { name: `${remote.name}: ${found.name}`, bytes: found.bytes, open: () => remote.read(found.name, signal) };
}

function fileNameOf(given: string): string {
  return generationOf(given) === undefined ? archiveName(given) : given;
}
