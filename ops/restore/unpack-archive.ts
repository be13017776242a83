import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { restoringOf } from '../../core/backup/restoring.ts';
import { step } from '../../core/step.ts';
import { backupDamaged } from '../backup/archive/manifest.ts';
import type { ArchiveEntry, ArchiveKeys } from '../backup/archive/read-archive.ts';
import { noRoom } from '../backup/backup-fault.ts';
import { DUMP_PREFIX, HOMESERVER_PREFIX } from '../backup/homeserver/homeserver-part.ts';
import type { PostgresAddress } from '../backup/homeserver/postgres-address.ts';
import { unpackEntry } from '../backup/unpack.ts';
import { type ArchiveSource, readSealed, type VerifiedArchive } from '../backup/verify-archive.ts';
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

interface Reading {
  readonly keys: ArchiveKeys;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number | undefined) => void;
  /** What was read before: it has to be the same archive, and there has to be room for it. */
  readonly verified: Pick<VerifiedArchive, 'sha256' | 'plainBytes'>;
}

/**
 * Throws away what an earlier try has left, and unpacks an archive into the staging folders, without the dump of a database. Whole when it returns.
 * Throws AppError as `readArchive`, `disk-full`.
 */
export async function unpackArchive(
  source: ArchiveSource,
  { places, ...reading }: Reading & { readonly places: RestorePlaces },
): Promise<void> {
  const staging = stagingOf(places);
  removeStaging(staging);
  for (const folder of foldersOf(staging)) mkdirSync(folder, { recursive: true, mode: 0o700 });
  expectRoom(staging.state, reading.verified.plainBytes);
  await readAgain(source, reading, async (entry) => {
    const folder = entry.name.startsWith(DUMP_PREFIX) ? undefined : folderFor(entry.name, staging);
    if (folder !== undefined) await unpackEntry(entry, folder, reading.signal);
    step('restore-unpacked-one');
  });
}

/** Feeds the dump in an archive to the homeserver's database, which takes all of it or nothing. Throws AppError as `readArchive` and `fillingPostgres`. */
export async function fillDatabase(
  source: ArchiveSource,
  { address, ...reading }: Reading & { readonly address: PostgresAddress },
): Promise<void> {
  const filling = fillingPostgres(address, reading.signal);
  try {
    await readAgain(source, reading, async ({ name, content }) => {
      if (name.startsWith(DUMP_PREFIX)) await filling.feed(content);
    });
    await filling.end();
  } finally {
    filling.stop();
  }
}

/** A place may give something else the second time than what was checked. */
async function readAgain(
  source: ArchiveSource,
  { keys, signal, onProgress, verified }: Reading,
  onEntry: (entry: ArchiveEntry) => Promise<void>,
): Promise<void> {
  const { sealed } = await readSealed(source, { keys, signal, onProgress, onEntry });
  if (sealed.sha256 !== verified.sha256) throw backupDamaged('it is another file than the one that was checked');
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
