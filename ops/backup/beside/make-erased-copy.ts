import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { besideAmong, besideName } from '../../../core/backup/beside.ts';
import { inMemory } from '../../../core/backup/frozen-state.ts';
import { archiveName } from '../../../core/backup/generation.ts';
import type { Erasing } from '../../../core/erase/erasing.ts';
import { syncFolder } from '../../../core/keys/durable-write.ts';
import { wipe } from '../../../core/keys/wipe.ts';
import { step } from '../../../core/step.ts';
import { bareHead } from '../archive/bare-head.ts';
import { readRecipients } from '../archive/recipients.ts';
import { sessionKeyOf } from '../archive/session-key.ts';
import { writeArchive } from '../archive/write-archive.ts';
import { backupFault } from '../backup-fault.ts';
import type { BackupPlan } from '../backup-plan.ts';
import { verifyFile } from '../verify-file.ts';

/** Where copies of the list of what was erased lie, below the folder of the backups. */
export const ERASED_FOLDER = 'erased';
/** The one file in such a copy, named as it is in a state folder. */
export const LIST_ENTRY = 'tombstones';
/** So many copies stay at each place: each holds what the ones before it hold. */
export const KEPT_COPIES = 3;

/** A sealed copy of the list of what was erased, that lies in the folder of this machine. */
export interface ErasedCopy {
  readonly name: string;
  readonly bytes: number;
  /** Of the sealed file, in hex. */
  readonly sha256: string;
}

interface Making {
  readonly erasing: Pick<Erasing, 'erasedCopyKey'>;
  /** What it is to hold (`Erasing.erasedList`), read after `at`. */
  readonly list: string;
  readonly at: number;
  readonly signal: AbortSignal;
}

/**
 * Seals the list of what was erased, as backups are sealed and to the same keys, with a session key that everybody can derive who opens a
 * backup of this household: also one that was sealed to other keys. It is read back and compared before it gets its name; older
 * copies go. Throws AppError (`backup-recipients`, `backup-dir`, `disk-full`), and then nothing new lies there.
 */
export async function makeErasedCopy(plan: BackupPlan, { erasing, list, at, signal }: Making): Promise<ErasedCopy> {
  const folder = join(plan.localDir, ERASED_FOLDER);
  const recipients = await readRecipients(plan.recipientsFile, at);
  const name = besideName('erased', at);
  const temporary = join(folder, `${archiveName(name)}.part`);
  const sessionKey = sessionKeyOf(erasing.erasedCopyKey(name));
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const files = [inMemory(LIST_ENTRY, Buffer.from(list, 'latin1'))];
    const content = { head: bareHead(plan.version, at), files };
    const written = await writeArchive(temporary, content, { seal: { recipients, sessionKey }, signal });
    await verifyFile(temporary, { ...written, sessionKey, signal });
    step('erased-copy-written');
    renameSync(temporary, join(folder, archiveName(name)));
    syncFolder(folder);
    removeOthers(folder, archiveName(name));
    return { name, bytes: written.bytes, sha256: written.sha256 };
  } catch (thrown) {
    throw backupFault(thrown, folder);
  } finally {
    wipe(sessionKey.data);
    rmSync(temporary, { force: true });
  }
}

/** Older copies, and what a kill has left: only one is made at a time. */
function removeOthers(folder: string, newest: string): void {
  const there = readdirSync(folder).map((name) => ({ name }));
  const unfinished = there.filter(({ name }) => /^kin-erased-.*\.part$/.test(name));
  const older = besideAmong(there, 'erased').filter(({ name }) => name !== newest);
  for (const { name } of [...older.slice(KEPT_COPIES - 1), ...unfinished]) rmSync(join(folder, name), { force: true });
}
