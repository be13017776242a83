import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { FreezeKeys, FrozenFile, FrozenState } from '../../core/backup/frozen-state.ts';
import { archiveName, type Generation, nameAt } from '../../core/backup/generation.ts';
import type { Clock } from '../../core/clock.ts';
import { freezeState } from '../../core/sqlite/freeze-state.ts';
import { step } from '../../core/step.ts';
import type { ArchiveHead, LeftOut } from './archive/manifest.ts';
import { readRecipients } from './archive/recipients.ts';
import { sessionKeyOf } from './archive/session-key.ts';
import { type ArchiveContent, type WrittenArchive, writeArchive } from './archive/write-archive.ts';
import { noRoom } from './backup-fault.ts';
import type { BackupPlan, BackupProgress } from './backup-plan.ts';
import { namedFile, type TellLeftOut } from './folder-files.ts';
import { homeserverFiles, homeserverStores } from './homeserver/homeserver-part.ts';
import { verifyFile } from './verify-file.ts';

/** Below these the household's own stores lie in an archive, and its settings. */
export const STATE_PREFIX = 'state';
export const SETTINGS_PREFIX = 'settings';

/** A generation that lies under its temporary name, verified; `sessionKey` (32 bytes) opens it. */
export interface WrittenGeneration {
  readonly facts: Omit<Generation, 'provenAt' | 'proof' | 'copies'>;
  readonly temporary: string;
  readonly sessionKey: Uint8Array;
}

interface Writing {
  readonly stateDir: string;
  readonly keys: FreezeKeys;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BackupProgress) => void;
}

/**
 * Freezes everything, writes it sealed under a temporary name, reads it back and compares it bit by bit. Runs in a process of its
 * own (backup-child.ts): see `freezeState`. Throws AppError (`backup-recipients`, `disk-full`, `store-busy`, `homeserver-dump`, ...).
 */
export async function writeGeneration(plan: BackupPlan, writing: Writing): Promise<WrittenGeneration> {
  const { signal, onProgress } = writing;
  const recipients = await readRecipients(plan.recipientsFile, writing.clock());
  onProgress({ step: 'backup.freezing' });
  const sessionKey = sessionKeyOf();
  using frozen = await freezeState({ ...writing, others: homeserverStores(plan.homeserver) });
  const name = nameAt(frozen.at);
  const temporary = join(plan.localDir, `${archiveName(name)}.part`);
  const total = [...frozen.files, ...frozen.others].reduce((sum, { bytes }) => sum + bytes, 0);
  expectRoom(plan.localDir, total);
  const written = await writeArchive(temporary, contentOf(plan, frozen, signal), {
    seal: { recipients, sessionKey },
    signal,
    // What comes of the homeserver is known only when it comes.
    onSealed: () => expectRoom(plan.localDir, 0),
    onBytes: (done) => onProgress({ step: 'backup.writing', done, total: Math.max(total, done) }),
  });
  step('backup-written');
  onProgress({ step: 'backup.verifying', done: 0, total: written.bytes });
  await verifyFile(temporary, { ...written, sessionKey, signal });
  return { facts: factsOf(name, frozen.at, written), temporary, sessionKey: sessionKey.data };
}

function factsOf(name: string, madeAt: number, { bytes, sha256, plainBytes, manifest }: WrittenArchive) {
  return { name, madeAt, bytes, sha256, plainBytes, entries: manifest.files.length };
}

/** Room that stays free beside a backup, or a drill: stores must be able to go on. */
export const SPARE_BYTES = 256 * 1024 ** 2;

function expectRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes + SPARE_BYTES) throw noRoom(folder);
}

function contentOf(plan: BackupPlan, frozen: FrozenState, signal: AbortSignal): ArchiveContent {
  const { at, people, tenants, anchor } = frozen;
  const head: ArchiveHead = {
    ...{ format: 1, version: plan.version, madeAt: at, people, auditAnchor: anchor, homeserver: plan.homeserver.kind },
    tenants: tenants.map((one) => ({ ...one })),
  };
  const leftOut: LeftOut[] = [];
  const tell = (one: LeftOut) => void leftOut.push(one);
  return { head, files: filesOf(plan, frozen, { signal, tell }), leftOut };
}

async function* filesOf(
  plan: BackupPlan,
  frozen: FrozenState,
  telling: { signal: AbortSignal; tell: TellLeftOut },
): AsyncIterable<FrozenFile> {
  for (const file of frozen.files) yield { ...file, name: `${STATE_PREFIX}/${file.name}` };
  yield* frozen.others;
  // From here on nothing is read of the stores: others wait for their logs to be emptied.
  frozen[Symbol.dispose]();
  yield* homeserverFiles(plan.homeserver, telling);
  yield* settingsFiles(plan);
}

/** The settings of the household, for backups and for who looks whether they can be read. Throws AppError as `namedFile`. */
export async function* settingsFiles({
  settingsFile,
  recipientsFile,
}: Pick<BackupPlan, 'settingsFile' | 'recipientsFile'>): AsyncIterable<FrozenFile> {
  for (const path of [settingsFile, recipientsFile]) if (path !== undefined) yield* namedFile(path, SETTINGS_PREFIX);
}
