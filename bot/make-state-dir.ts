import { mkdirSync } from 'node:fs';
import { storageFault } from '../core/keys/storage-fault.ts';

/**
 * Makes the state folder for a first start, for its owner only; one that is there stays as it is. Its parent must exist:
 * a missing one is more likely a typing error, or a disk that is not mounted. Throws AppError `unavailable` (`state-dir`,
 * `disk-full`). Called by the entry files of bot and console, which need the folder for their lock.
 */
export function makeStateDir(stateDir: string): void {
  try {
    mkdirSync(stateDir, { mode: 0o700 });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw storageFault(thrown, stateDir);
  }
}
