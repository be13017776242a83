import { copyFileSync, existsSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { TokenVectors } from '../../core/ask/token-vectors.ts';
import type { BackupPlace, BackupProof, Generation } from '../../core/backup/generation.ts';
import { answersTestQuestion } from '../../core/backup/test-question.ts';
import type { TenantId } from '../../core/caller.ts';
import type { Clock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { isDamaged } from '../../core/damaged-store.ts';
import { AppError } from '../../core/errors.ts';
import { diskFull } from '../../core/keys/storage-fault.ts';
import { wipe } from '../../core/keys/wipe.ts';
import { step } from '../../core/step.ts';
import { type ArchiveHead, backupDamaged, type Manifest } from './archive/manifest.ts';
import type { ArchiveEntry } from './archive/read-archive.ts';
import { sessionKeyOf } from './archive/session-key.ts';
import { DUMP_PREFIX, SQLITE_NAME } from './homeserver/homeserver-part.ts';
import { checkingDump } from './homeserver/pg-restore.ts';
import { checkSqlite } from './homeserver/sqlite-check.ts';
import { makeScratch, removeScratch } from './scratch.ts';
import { unpackEntry } from './unpack.ts';
import { readSealed } from './verify-archive.ts';
import { SPARE_BYTES, STATE_PREFIX } from './write-generation.ts';

/** How far a drill has come: bytes while fetching, tenants while asking. */
export type DrillProgress =
  | { readonly step: 'drill.fetching' | 'drill.asking'; readonly done: number; readonly total: number }
  | { readonly step: 'drill.opening' };

/** What a drill works on. */
export interface Drill {
  /** The living household, opened with `opensCopies`. */
  readonly state: Pick<OpenState, 'control' | 'openCopy'>;
  readonly stateDir: string;
  /** Where the scratch place is made; wiped afterwards, whatever happens. A homeserver's own store lies open in it: never a folder of another machine. */
  readonly scratchDir: string;
  readonly vectors: TokenVectors;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The sealed bytes, from the place that is drilled. */
  readonly source: { readonly place: BackupPlace; readonly open: () => Promise<Readable> };
  readonly onProgress?: (progress: DrillProgress) => void;
}

/**
 * Restores a generation into a scratch place and lets it prove itself: the sealed bytes are those that were made, every file in it is whole, every
 * page of every store opens, counts are as they were, the audit trail goes on, every tenant's own test question finds its passage, and whoever was erased since stays erased. No words leave it.
 * Then the generation is marked as proven, and the key that opened it is destroyed. Throws AppError `invalid` (reasons `backup-damaged`,
 * `backup-unproven`), `not-found` (`backup-no-key`: proven already, only a recipient's key opens it), or what fetching throws.
 */
export async function drill(generation: Generation, parts: Drill): Promise<BackupProof> {
  const { control } = parts.state;
  const began = parts.clock();
  const sessionKey = control.backups.sessionKey(generation.name);
  if (sessionKey === undefined) throw noKey(generation.name);
  removeScratch(parts.scratchDir);
  expectRoom(parts.scratchDir, generation.plainBytes);
  const folder = makeScratch(parts.scratchDir);
  try {
    const { head, manifest } = await fetchInto(folder, generation, { parts, sessionKey });
    step('drill-fetched');
    parts.onProgress?.({ step: 'drill.opening' });
    const found = await prove(join(folder, STATE_PREFIX), head, parts);
    const proof: BackupProof = {
      ...found,
      place: parts.source.place,
      seconds: Math.round((parts.clock() - began) / 1000),
      bytes: generation.bytes,
      leftOut: manifest.leftOut.length,
    };
    control.backups.markProven(generation.name, parts.clock(), proof);
    return proof;
  } finally {
    wipe(sessionKey);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fetchInto(
  folder: string,
  generation: Generation,
  { parts, sessionKey }: { parts: Drill; sessionKey: Uint8Array },
): Promise<{ head: ArchiveHead; manifest: Manifest }> {
  const { signal } = parts;
  const dump = checkingDump(signal);
  let done = 0;
  const onEntry = async (entry: ArchiveEntry) => {
    done += entry.bytes;
    if (done > generation.plainBytes) throw backupDamaged('it holds more than was written');
    if (entry.name.startsWith(`${STATE_PREFIX}/`) || entry.name.startsWith(SQLITE_NAME))
      await unpackEntry(entry, folder, signal);
    else if (entry.name.startsWith(DUMP_PREFIX)) await dump.feed(entry.content);
    // The rest is read to its end, and compared with the list in the archive.
    parts.onProgress?.({ step: 'drill.fetching', done, total: generation.plainBytes });
  };
  const keys = { sessionKey: sessionKeyOf(sessionKey) };
  const source = { name: generation.name, bytes: generation.bytes, open: parts.source.open };
  try {
    const { head, manifest, sealed } = await readSealed(source, { keys, signal, onEntry, onProgress: () => {} });
    if (sealed.bytes !== generation.bytes || sealed.sha256 !== generation.sha256)
      throw backupDamaged('the file is not the one that was made');
    await dump.end();
    if (head.homeserver === 'sqlite') checkSqlite(join(folder, SQLITE_NAME));
    return { head, manifest };
  } finally {
    dump.stop();
  }
}

/** Opens the copy twice: as it was, and as a restore would leave it, with the newest list of what was erased. */
async function prove(copyDir: string, head: ArchiveHead, parts: Drill): Promise<BackupProof> {
  let erasedThen = 0;
  const asItWas = await openedCopy(copyDir, parts, (copy) => {
    erasedThen = erasedIn(copy, head);
    return lookInto(copy, head, parts);
  });
  const tombstones = join(parts.stateDir, 'tombstones');
  if (existsSync(tombstones)) copyFileSync(tombstones, join(copyDir, 'tombstones'));
  const erasedNow = await openedCopy(copyDir, parts, async (copy) => erasedIn(copy, head));
  return { ...asItWas, erasedAgain: erasedNow - erasedThen };
}

/** How many of those in a backup a copy of it has erased by tombstones. */
function erasedIn({ erasing }: OpenState, { tenants }: ArchiveHead): number {
  return tenants.filter(({ tenant }) => erasing.wasTenantErased(tenant as TenantId)).length;
}

async function openedCopy<T>(copyDir: string, { state }: Drill, look: (copy: OpenState) => Promise<T>): Promise<T> {
  try {
    using copy = state.openCopy(copyDir);
    return await look(copy);
  } catch (thrown) {
    throw isDamaged(thrown) ? unproven('a store in it cannot be read', thrown) : thrown;
  }
}

async function lookInto(copy: OpenState, head: ArchiveHead, parts: Drill): Promise<BackupProof> {
  const damaged = await copy.damaged();
  if (damaged.length > 0) throw unproven(`stores in it cannot be read: ${damaged.length}`);
  try {
    copy.control.audit.compare(head.auditAnchor);
  } catch (cause) {
    throw unproven('its audit trail is not the one that was copied', cause);
  }
  const searching = { vectors: parts.vectors, now: parts.clock() };
  const counts = { tenants: 0, documents: 0, passages: 0, questions: 0 };
  const inUse = copy.control.people.tenants();
  for (const { tenant } of inUse) {
    parts.signal.throwIfAborted();
    const expected = head.tenants.find((one) => one.tenant === tenant);
    if (expected === undefined) continue;
    const found = copy.vault.read(copy.control.people.systemCaller(tenant), (reader) => ({
      documents: reader.documents().length,
      passages: reader.passageCount(),
      answer: answersTestQuestion(reader, searching),
    }));
    if (found.documents !== expected.documents || found.passages !== expected.passages)
      throw unproven('papers are missing in it');
    if (found.answer === 'no') throw unproven('a test question did not find its passage');
    counts.tenants++;
    counts.documents += found.documents;
    counts.passages += found.passages;
    counts.questions += found.answer === 'yes' ? 1 : 0;
    parts.onProgress?.({ step: 'drill.asking', done: counts.tenants, total: head.tenants.length });
  }
  const others = head.tenants.filter(({ tenant }) => !inUse.some((one) => one.tenant === tenant));
  for (const expected of others) expectKept(copy, expected);
  return counts;
}

/** Nobody may enter this tenant: somebody who is away, or a share that is over. Its papers are there, or a tombstone of then says why not. */
function expectKept({ erasing }: OpenState, { tenant, documents, passages }: ArchiveHead['tenants'][number]): void {
  const name = tenant as TenantId;
  if (erasing.wasTenantErased(name)) return;
  const { counts } = erasing.inventory(name);
  // Older versions of papers are counted here, too.
  if ((counts.documents ?? 0) < documents || (counts.passages ?? 0) < passages)
    throw unproven('papers are missing in it');
}

function expectRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes * 1.1 + SPARE_BYTES) throw noRoomToDrill(folder);
}

/** The stores lie on the same disk, and must be able to go on: the reason stays that of a full disk, for which alerts know what to say. */
function noRoomToDrill(folder: string): AppError {
  return new AppError('unavailable', `there is no room in ${folder} to restore a backup into`, {
    reason: diskFull(undefined).reason!,
    hint: 'Free some space on that disk: a drill unpacks the whole backup there for a while. The backup itself was not touched.',
    facts: { folder },
  });
}

/** The error of a backup that is whole but does not hold what it should. */
function unproven(problem: string, cause?: unknown): AppError {
  return new AppError('invalid', `the backup did not prove itself: ${problem}`, {
    reason: 'backup-unproven',
    hint: 'Make another one (`!run backup`) and drill it. Keep the last proven one until then.',
    facts: { problem },
    cause,
  });
}

function noKey(name: string): AppError {
  return new AppError('not-found', `${name} can be opened only with the private half of one of its keys`, {
    reason: 'backup-no-key',
    hint: 'It was proven before, or comes from another household. `kinkeeper backup verify` takes the private key for the moment.',
  });
}
