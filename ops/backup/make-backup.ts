import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FREEZE_LEFTOVER } from '../../core/backup/frozen-state.ts';
import { archiveName, type Generation, LOCAL_PLACE } from '../../core/backup/generation.ts';
import type { Clock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { syncFolder } from '../../core/keys/durable-write.ts';
import { wipe } from '../../core/keys/wipe.ts';
import { holdLock } from '../../core/sqlite/process-lock.ts';
import { step } from '../../core/step.ts';
import { backupFault } from './backup-fault.ts';
import type { BackupPlan, BackupProgress } from './backup-plan.ts';
import { settleLocal } from './settle-local.ts';
import { writeInChild } from './write-in-child.ts';

interface Making {
  readonly state: Pick<OpenState, 'control' | 'freezeKeys'>;
  readonly stateDir: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: BackupProgress) => void;
  /** A switch for tests that kill it at each of its steps: by default in a process of its own. */
  readonly write?: typeof writeInChild;
}

/**
 * Makes one generation in a process of its own: frozen, sealed, read back and compared; only then it gets its name and a record. A kill at
 * any line leaves either a whole generation or a temporary file that the next backup removes. Throws AppError (`backup-dir`, `disk-full`,
 * `backup-running`, and what `writeGeneration` throws); then nothing is there.
 */
export async function makeBackup(plan: BackupPlan, making: Making): Promise<Generation> {
  const { stateDir, clock, signal, onProgress = () => {}, write = writeInChild } = making;
  const { backups } = making.state.control;
  using _lock = onlyOne(stateDir);
  try {
    mkdirSync(plan.localDir, { recursive: true, mode: 0o700 });
    removeUnfinished(plan.localDir, stateDir);
    settleLocal(plan.localDir, { backups, clock });
    const keys = making.state.freezeKeys();
    const { facts, temporary, sessionKey } = await write({ plan, stateDir, keys }, { signal, onProgress }).finally(() =>
      wipe(keys.control, keys.bot, keys.wrap),
    );
    backups.add(facts, sessionKey);
    wipe(sessionKey);
    step('backup-recorded');
    renameSync(temporary, join(plan.localDir, archiveName(facts.name)));
    syncFolder(plan.localDir);
    step('backup-placed');
    backups.noteCopy(facts.name, { place: LOCAL_PLACE, verifiedAt: clock() });
    return backups.find(facts.name)!;
  } catch (thrown) {
    throw backupFault(thrown, plan.localDir);
  } finally {
    removeUnfinished(plan.localDir, stateDir);
  }
}

/** The job and the shell may both want to make one: each would take the other's temporary file for a leftover. */
function onlyOne(stateDir: string): Disposable {
  try {
    return holdLock(join(stateDir, 'backup.lock'));
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.reason !== 'already-running') throw thrown;
    throw new AppError('conflict', 'a backup is being made already', {
      reason: 'backup-running',
      hint: 'Wait until it is done; `kinkeeper backup list` shows it then.',
      cause: thrown,
    });
  }
}

const UNFINISHED = /^kin-.*\.part$/;

/** What a killed backup left. Only one is made at a time. */
function removeUnfinished(localDir: string, stateDir: string): void {
  const remove = (folder: string, isOurs: (name: string) => boolean) => {
    for (const name of readdirSync(folder))
      if (isOurs(name)) rmSync(join(folder, name), { recursive: true, force: true });
  };
  remove(localDir, (name) => UNFINISHED.test(name));
  remove(stateDir, (name) => name.startsWith(FREEZE_LEFTOVER));
}
