import { archiveName, generationOf, madeAtOf } from '../../core/backup/generation.ts';
import { isMadeAhead } from '../../core/backup/made-ahead.ts';
import { AppError } from '../../core/errors.ts';
import type { Remote } from '../backup/remote.ts';
import type { ArchiveSource } from '../backup/verify-archive.ts';

/** A backup that was found at a remote. */
export interface FoundArchive {
  readonly source: ArchiveSource;
  /** The remote, as the settings name it. */
  readonly place: string;
  /** Generations that lie there and say that they are newer, newest first; `ahead`: from the future, so not to be believed. */
  readonly newer: readonly { readonly name: string; readonly ahead: boolean }[];
}

interface Looking {
  /** Name of a generation, or of its file; undefined: the newest that can be believed. */
  readonly generation: string | undefined;
  /** Now, in milliseconds since 1970. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/**
 * A backup at a remote, as a source that is read several times without ever lying on this disk. A remote can give any name to anything: what
 * says that it comes from the future is refused here, what is older than its name as soon as its head is read (verify-archive.ts). Throws
 * AppError `not-found` (reason `backup-archive`), `invalid` (`backup-ahead`), and what the remote throws.
 */
export async function remoteArchive(remote: Remote, { generation, now, signal }: Looking): Promise<FoundArchive> {
  const files = (await remote.list(signal))
    .filter(({ name }) => madeAtIn(name) !== undefined)
    .toSorted((a, b) => (a.name < b.name ? 1 : -1));
  const isAhead = (name: string) => isMadeAhead({ madeAt: madeAtIn(name)! }, now);
  const found = files.find(({ name }) => (generation === undefined ? !isAhead(name) : name === fileNameOf(generation)));
  if (found === undefined) {
    if (files.length > 0 && generation === undefined) throw madeAhead(remote.name, files[0]!.name);
    const there = files.slice(0, 5).map(({ name }) => generationOf(name));
    throw new AppError('not-found', `${remote.name} has no backup ${generation ?? 'at all'}`, {
      reason: 'backup-archive',
      hint: there.length === 0 ? 'Look at another place.' : `The newest there: ${there.join(', ')}`,
    });
  }
  if (isAhead(found.name)) throw madeAhead(remote.name, found.name);
  const newer = files.slice(0, files.indexOf(found));
  return {
    source: {
      ...{ name: `${remote.name}: ${found.name}`, generation: generationOf(found.name), place: remote.name },
      ...{ bytes: found.bytes, saysMadeAt: madeAtIn(found.name) },
      open: () => remote.read(found.name, signal, found.bytes),
    },
    place: remote.name,
    newer: newer.map(({ name }) => ({ name: generationOf(name)!, ahead: isAhead(name) })),
  };
}

function madeAtIn(file: string): number | undefined {
  const generation = generationOf(file);
  return generation === undefined ? undefined : madeAtOf(generation);
}

function fileNameOf(given: string): string {
  return generationOf(given) === undefined ? archiveName(given) : given;
}

function madeAhead(place: string, file: string): AppError {
  return new AppError('invalid', `${generationOf(file)} at ${place} says that it was made in the future`, {
    reason: 'backup-ahead',
    hint: 'Is the clock of this machine right (`date`)? If it is, whoever has that place gives old backups for new ones, or the clock of the lost machine was ahead. Name an older one; or fetch this one to this disk, look at it with --check, and restore the file. Nothing was changed.',
  });
}
