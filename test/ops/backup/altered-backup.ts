import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupProof, Generation } from '../../../core/backup/generation.ts';
import { archiveName, LOCAL_PLACE, nameAt } from '../../../core/backup/generation.ts';
import type { TenantId } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { tenantFile } from '../../../core/sqlite/tenant-files.ts';
import { TenantKeyStore } from '../../../core/sqlite/tenant-key-store.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import type { ArchiveHead } from '../../../ops/backup/archive/manifest.ts';
import { readRecipients } from '../../../ops/backup/archive/recipients.ts';
import { sessionKeyOf } from '../../../ops/backup/archive/session-key.ts';
import { writeArchive } from '../../../ops/backup/archive/write-archive.ts';
import type { BackupPlan } from '../../../ops/backup/backup-plan.ts';
import { drill } from '../../../ops/backup/drill.ts';
import { makeBackup } from '../../../ops/backup/make-backup.ts';
import { unpackEntry } from '../../../ops/backup/unpack.ts';
import { archiveFile, readSealed } from '../../../ops/backup/verify-archive.ts';

/** A backup that lies open in a folder, so that a test can make it say something that is not so. */
export interface OpenBackup {
  readonly folder: string;
  head: ArchiveHead;
}

/** A household whose backups are drilled. */
export interface DrilledHouse {
  readonly state: OpenState;
  readonly stateDir: string;
  readonly plan: BackupPlan;
}

const signal = new AbortController().signal;

/** Makes a real backup and unpacks it into a folder that is not there yet. */
export async function openBackup({ state, stateDir, plan }: DrilledHouse, folder: string): Promise<OpenBackup> {
  const { name } = await makeBackup(plan, { state, stateDir, clock: Date.now, signal });
  const sessionKey = sessionKeyOf(state.control.backups.sessionKey(name));
  const { head } = await readSealed(archiveFile(join(plan.localDir, archiveName(name))), {
    ...{ keys: { sessionKey }, signal, onProgress: () => {} },
    onEntry: (entry) => unpackEntry(entry, folder, signal),
  });
  return { folder, head };
}

/** Seals what lies there as a backup of this very moment, and notes it as the household's. */
export async function sealAgain({ folder, head }: OpenBackup, { state, plan }: DrilledHouse): Promise<Generation> {
  const sessionKey = sessionKeyOf();
  const recipients = await readRecipients(plan.recipientsFile, Date.now());
  const madeAt = Date.now();
  const name = nameAt(madeAt);
  const written = await writeArchive(
    join(plan.localDir, archiveName(name)),
    { head: { ...head, madeAt }, files: filesBelow(folder) },
    { seal: { recipients, sessionKey }, signal },
  );
  const { bytes, sha256, plainBytes, manifest } = written;
  const { backups } = state.control;
  backups.add({ name, madeAt, bytes, sha256, plainBytes, entries: manifest.files.length }, sessionKey.data);
  backups.noteCopy(name, { place: LOCAL_PLACE, verifiedAt: madeAt });
  return backups.find(name)!;
}

/** Drills one as the job does. */
export function drilled(generation: Generation, { state, stateDir, plan }: DrilledHouse): Promise<BackupProof> {
  return drill(generation, {
    ...{ state, stateDir, scratchDir: stateDir, vectors: loadTokenVectors(), clock: Date.now, signal },
    source: { place: LOCAL_PLACE, open: () => archiveFile(join(plan.localDir, archiveName(generation.name))).open() },
  });
}

/** Opens a store of the backup past everything that guards it. Closed again, all of it lies in one file. */
export function rawControl({ folder }: OpenBackup, { state }: DrilledHouse) {
  return openEncrypted(join(folder, 'state', 'control.db'), state.freezeKeys().control, { mustExist: true });
}

/** The same for the file of a tenant. */
export function rawPapers(backup: OpenBackup, house: DrilledHouse, tenant: TenantId) {
  const control = rawControl(backup, house);
  try {
    const tenants = new TenantKeyStore(control, house.state.freezeKeys().wrap);
    const generation = tenants.openable().find(([one]) => one === tenant)![1];
    const path = tenantFile(join(backup.folder, 'state', 'tenants'), tenant, generation);
    return openEncrypted(path, tenants.key(tenant), { mustExist: true });
  } finally {
    control.close();
  }
}

function filesBelow(folder: string) {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return names.toSorted().map((name) => ({
    ...{ name, bytes: statSync(join(folder, name)).size },
    async *read() {
      yield await readFile(join(folder, name));
    },
  }));
}
