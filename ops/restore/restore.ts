import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TokenVectors } from '../../core/ask/token-vectors.ts';
import { restoringOf } from '../../core/backup/restoring.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { holdLock } from '../../core/sqlite/process-lock.ts';
import { step } from '../../core/step.ts';
import type { ArchiveKeys } from '../backup/archive/read-archive.ts';
import { SQLITE_NAME } from '../backup/homeserver/homeserver-part.ts';
import type { ArchiveSource, VerifiedArchive } from '../backup/verify-archive.ts';
import { STATE_PREFIX } from '../backup/write-generation.ts';
import type { ErasedCopies } from './erased-copies.ts';
import { type OpenedStores, openRestored } from './open-restored.ts';
import { expectEmptyPlaces, placeRestored } from './place-restored.ts';
import type { ProvenHousehold } from './prove-household.ts';
import { databaseNotEmpty, isEmptyPostgres, readySqlite } from './restore-database.ts';
import { type RestoreNote, readNote, removeLeftStaging, removeNote, writeNote } from './restore-note.ts';
import type { RestorePlaces } from './restore-places.ts';
import { moveAheadInPostgres } from './stream-positions.ts';
import { fillDatabase, stagingOf, unpackArchive } from './unpack-archive.ts';

/** What a restore works with. */
export interface Restoring {
  readonly source: ArchiveSource;
  readonly keys: ArchiveKeys;
  readonly places: RestorePlaces;
  /** The archive was read from end to end before: it is whole. */
  readonly verified: VerifiedArchive;
  readonly tombstones?: string | undefined;
  /** Where newer lists of what was erased may lie. */
  readonly copies: ErasedCopies;
  /** Asks for what opens the household: called before anything of the archive is put anywhere. */
  readonly household: () => Promise<ProvenHousehold>;
  /** What the test questions of the restored stores are looked up with. */
  readonly vectors: () => TokenVectors;
  readonly onProgress: (step: string, done?: number, total?: number) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What a finished restore tells. `stores` is undefined when an earlier try had opened them. */
export interface RestoredHousehold {
  readonly madeAt: number;
  /** What another backup's unfinished restore had left was thrown away. */
  readonly replaced: boolean;
  readonly stores: OpenedStores | undefined;
}

/**
 * Restores a household from a verified archive: asks for what opens it, puts everything together under other names, proves it, and only then
 * fills the homeserver's database and gives everything its name. A kill at any line leaves nothing that looks whole, and the same call goes on or starts over. Throws AppError
 * `conflict` (reasons `restore-target`, `restore-other`, `already-running`), and as the steps do.
 */
export async function restoreHousehold(restoring: Restoring): Promise<RestoredHousehold> {
  const { places, verified } = restoring;
  const { stateDir } = places;
  mkdirSync(dirname(restoringOf(stateDir)), { recursive: true, mode: 0o700 });
  using _lock = holdLock(`${restoringOf(stateDir)}.lock`);
  const found = readNote(stateDir);
  let note = noteFor(restoring, found);
  if (found !== undefined && note === undefined) removeLeftStaging(found);
  if (note === undefined || note.step === 'unpacking') note = await unpacked(restoring, note);
  let stores: OpenedStores | undefined;
  if (note.step === 'unpacked') {
    stores = await proven(restoring);
    await filled(restoring, note);
    note = { ...note, step: 'placing' };
    writeNote(stateDir, note);
    step('restore-proven');
  }
  placeRestored(places);
  removeNote(stateDir);
  rmSync(`${restoringOf(stateDir)}.lock`, { force: true });
  step('restore-placed');
  return { madeAt: verified.head.madeAt, replaced: found !== undefined && found.sha256 !== verified.sha256, stores };
}

/**
 * The note of an earlier try of the same archive with the same homeserver, or without one as before. Of any other nothing is in its place before
 * `placing`, and its archive is where it was: it gives way.
 */
function noteFor({ verified, source, places }: Restoring, note: RestoreNote | undefined): RestoreNote | undefined {
  if (note === undefined) return undefined;
  const isSame = note.sha256 === verified.sha256;
  const { kind } = places.homeserver;
  if (isSame && (note.homeserver ?? kind) === kind) return note;
  if (note.step !== 'placing' && !note.fillsDatabase) return undefined;
  const [staging, file] = [restoringOf(places.stateDir), `${restoringOf(places.stateDir)}.json`];
  throw isSame
    ? new AppError(
        'conflict',
        `the restore into ${places.stateDir} was begun with other options and is not at its end`,
        {
          reason: 'restore-other',
          hint: 'Finish it with the same options: what differs is whether the homeserver comes back with it (`--without-homeserver`).',
        },
      )
    : new AppError('conflict', `the restore of another backup into ${places.stateDir} is not at its end`, {
        reason: 'restore-other',
        hint: `Finish that one, or remove ${staging} and ${file}; then ${source.name} can be restored.`,
      });
}

async function unpacked(restoring: Restoring, before: RestoreNote | undefined): Promise<RestoreNote> {
  const { places, verified, source, keys, signal, onProgress } = restoring;
  expectEmptyPlaces(places);
  const { kind } = places.homeserver;
  const fillsDatabase = before?.fillsDatabase ?? false;
  const { homeserver: homeserverStaging } = stagingOf(places);
  const note = { format: 1, sha256: verified.sha256, homeserver: kind, homeserverStaging, fillsDatabase } as const;
  await expectFillable(places, note);
  await restoring.household();
  writeNote(places.stateDir, { ...note, step: 'unpacking' });
  step('restore-noted');
  await unpackArchive(source, {
    ...{ keys, signal, places, verified },
    onProgress: (done, total) => onProgress('unpacking', done, total),
  });
  writeNote(places.stateDir, { ...note, step: 'unpacked' });
  step('restore-unpacked');
  return { ...note, step: 'unpacked' };
}

/** Fills the homeserver's database once the stores have opened. In one transaction: what is not empty after an earlier try of ours is whole. */
async function filled({ places, verified, source, keys, signal, onProgress }: Restoring, note: RestoreNote) {
  if (places.homeserver.kind !== 'postgres') return;
  const { address } = places.homeserver;
  if (await expectFillable(places, note)) {
    writeNote(places.stateDir, { ...note, fillsDatabase: true });
    await fillDatabase(source, {
      ...{ keys, signal, verified, address },
      onProgress: (done, total) => onProgress('filling the database', done, total),
    });
  }
  await moveAheadInPostgres(address);
}

/** Whether there is an empty database to be filled; false also where an earlier try has filled it. */
async function expectFillable({ homeserver }: RestorePlaces, { fillsDatabase }: Pick<RestoreNote, 'fillsDatabase'>) {
  if (homeserver.kind !== 'postgres') return false;
  const isEmpty = await isEmptyPostgres(homeserver.address);
  if (!isEmpty && !fillsDatabase) throw databaseNotEmpty();
  return isEmpty;
}

async function proven(restoring: Restoring): Promise<OpenedStores> {
  const { places, onProgress } = restoring;
  const staging = stagingOf(places);
  onProgress('opening');
  const stores = await openRestored({
    ...restoring,
    household: await restoring.household(),
    folder: join(staging.state, STATE_PREFIX),
    localDir: places.localDir,
  });
  if (places.homeserver.kind === 'sqlite') readySqlite(join(staging.homeserver!, SQLITE_NAME));
  return stores;
}
