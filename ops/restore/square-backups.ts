import { statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { TokenVectors } from '../../core/ask/token-vectors.ts';
import { archiveName, type BackupPlace, type Generations, LOCAL_PLACE } from '../../core/backup/generation.ts';
import { answersTestQuestion } from '../../core/backup/test-question.ts';
import type { OpenState } from '../../core/control.ts';
import type { ArchiveSource, VerifiedArchive } from '../backup/verify-archive.ts';

/** What a household was restored from, and where backups are. */
export interface RestoredFrom {
  readonly source: Pick<ArchiveSource, 'generation' | 'place' | 'name'>;
  readonly verified: VerifiedArchive;
  /** The folder of backups; undefined: not known, so nothing is taken to be there. */
  readonly localDir: string | undefined;
  readonly vectors: () => TokenVectors;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Brings the records of backups in a restored household in line with this machine: copies that are not here any more went with the old one,
 * which nobody has to be alarmed of, and the backup that all came from is known, verified where it was read, and proven once every test
 * question found its passage. Copies at remotes stay as the records had them. Safe to repeat.
 */
export function squareBackups(state: OpenState, from: RestoredFrom): void {
  const { backups } = state.control;
  for (const { name, bytes, copies } of backups.all())
    if (copies.some(({ place }) => place === LOCAL_PLACE) && !isHere(name, bytes, from.localDir))
      backups.dropCopy(name, LOCAL_PLACE);
  noteSource(backups, state, from);
}

function isHere(name: string, bytes: number, localDir: string | undefined): boolean {
  if (localDir === undefined) return false;
  return statSync(join(localDir, archiveName(name)), { throwIfNoEntry: false })?.size === bytes;
}

/** Of an archive that somebody gave another name nothing is known by which it would be found again. */
function noteSource(backups: Generations, state: OpenState, from: RestoredFrom): void {
  const { source, verified, now } = from;
  const name = source.generation;
  if (name === undefined) return;
  const { bytes, sha256, head, leftOut } = verified;
  backups.adopt({ name, madeAt: head.madeAt, bytes, sha256 });
  const place = placeOf(from);
  if (place !== undefined) backups.noteCopy(name, { place, verifiedAt: now });
  const { failed, ...counts } = asked(state, from);
  if (failed > 0) return;
  backups.markProven(name, now, { ...counts, bytes, leftOut: leftOut.length, ...(place !== undefined && { place }) });
}

function placeOf({ source, localDir }: RestoredFrom): BackupPlace | undefined {
  if (source.place !== undefined) return source.place;
  return localDir !== undefined && dirname(resolve(source.name)) === resolve(localDir) ? LOCAL_PLACE : undefined;
}

function asked({ control: { people }, vault }: OpenState, { vectors, now }: RestoredFrom) {
  const searching = { vectors: vectors(), now };
  const counts = { tenants: 0, documents: 0, questions: 0, failed: 0 };
  for (const { tenant } of people.tenants())
    vault.read(people.systemCaller(tenant), (reader) => {
      const answer = answersTestQuestion(reader, searching);
      counts.tenants++;
      counts.documents += reader.documents().length;
      counts.questions += answer === 'yes' ? 1 : 0;
      counts.failed += answer === 'no' ? 1 : 0;
    });
  return counts;
}
