import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { restoringOf } from '../../core/backup/restoring.ts';
import { step } from '../../core/step.ts';
import type { ArchiveEntry, ArchiveKeys } from '../backup/archive/read-archive.ts';
import { noRoom } from '../backup/backup-fault.ts';
import { DUMP_PREFIX, HOMESERVER_PREFIX } from '../backup/homeserver/homeserver-part.ts';
import { unpackEntry } from '../backup/unpack.ts';
import { type ArchiveSource, readSealed } from '../backup/verify-archive.ts';
import { SETTINGS_PREFIX, STATE_PREFIX } from '../backup/write-generation.ts';
import { fillingPostgres } from './restore-database.ts';
import type { RestorePlaces } from './restore-places.ts';

/** The folders in which a restore is put together. Below them everything has the name that it has in the archive. */
export interface Staging {
  /** For the state folder and our settings. */
  readonly state: string;
  /** undefined: the homeserver is left out. */
  readonly homeserver: string | undefined;
}

/** Where these places are put together; the same for every try. */
export function stagingOf({ stateDir, homeserver }: RestorePlaces): Staging {
  return {
    state: restoringOf(stateDir),
    homeserver: homeserver.kind === 'none' ? undefined : restoringOf(homeserver.folder),
  };
}

interface Unpacking {
  readonly keys: ArchiveKeys;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number | undefined) => void;
  readonly places: RestorePlaces;
  /** The homeserver's database is to be filled: false when an earlier try did. */
  readonly fills: boolean;
  /** Of everything in the archive, to be sure of the room for it. */
  readonly plainBytes: number;
}

/** Throws away what an earlier try has left, and unpacks an archive into the staging folders. Whole when it returns. Throws AppError as `readArchive`, `disk-full`. */
export async function unpackArchive(source: ArchiveSource, unpacking: Unpacking): Promise<void> {
  const { keys, signal, onProgress, places, fills, plainBytes } = unpacking;
  const staging = stagingOf(places);
  removeStaging(staging);
  for (const folder of foldersOf(staging)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  expectRoom(staging.state, plainBytes);
  const filling =
    places.homeserver.kind === 'postgres' && fills ? fillingPostgres(places.homeserver.address, signal) : undefined;
  const onEntry = async (entry: ArchiveEntry) => {
    if (entry.name.startsWith(DUMP_PREFIX)) return filling?.feed(entry.content);
    const folder = folderFor(entry.name, staging);
    if (folder !== undefined) await unpackEntry(entry, folder, signal);
    step('restore-unpacked-one');
  };
  try {
    await readSealed(source, { keys, signal, onProgress, onEntry });
    await filling?.end();
  } finally {
    filling?.stop();
  }
}

/** Removes the staging folders, after a restore or before another try. */
export function removeStaging(staging: Staging): void {
  for (const folder of foldersOf(staging)) rmSync(folder, { recursive: true, force: true });
}

function foldersOf({ state, homeserver }: Staging): string[] {
  return homeserver === undefined ? [state] : [state, homeserver];
}

function folderFor(name: string, { state, homeserver }: Staging): string | undefined {
  if (name.startsWith(`${STATE_PREFIX}/`) || name.startsWith(`${SETTINGS_PREFIX}/`)) return state;
  return name.startsWith(`${HOMESERVER_PREFIX}/`) ? homeserver : undefined;
}

function expectRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes) throw noRoom(dirname(folder));
}
