import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder } from '../keys/durable-write.ts';
import { step } from '../step.ts';
import { removeFile } from './copy-under-key.ts';

/** The stores whose keys come from the master key. */
export const MASTER_KEYED = ['control.db', 'bot.db'] as const;

const STAGED = /^(control\.db|bot\.db)\.(\d+)\.next(?:-wal|-shm|-journal)?$/;

/** Where a store lies that is written anew for the next master key, until that one counts. */
export function stagedStore(stateDir: string, store: (typeof MASTER_KEYED)[number], generation: number): string {
  return join(stateDir, `${store}.${generation}.next`);
}

/** True when a change of the master key was begun and has not been brought to its end. Costs one look into the folder. */
export function hasStagedStores(stateDir: string): boolean {
  return readdirSync(stateDir).some((file) => STAGED.test(file));
}

/**
 * Brings a change of the master key that was cut off to its end, or back to its beginning: what was staged for the master
 * key that keys.json holds takes the place of its store, everything else staged is removed. Safe to repeat after a kill at
 * any line. Only under the lock of keys.json (key-lock.ts), and while no store is open.
 */
export function settleStagedStores(stateDir: string, generation: number): void {
  for (const store of MASTER_KEYED) {
    const staged = stagedStore(stateDir, store, generation);
    if (!existsSync(staged)) continue;
    // The old log first: beside the new file it would be taken for its own.
    for (const suffix of ['-wal', '-shm', '-journal']) {
      removeFile(`${staged}${suffix}`);
      removeFile(join(stateDir, `${store}${suffix}`));
    }
    syncFolder(stateDir);
    step(`settling-${store}`);
    renameSync(staged, join(stateDir, store));
    syncFolder(stateDir);
  }
  for (const file of readdirSync(stateDir)) if (STAGED.test(file)) removeFile(join(stateDir, file));
  syncFolder(stateDir);
}
