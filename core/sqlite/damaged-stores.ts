import { setImmediate } from 'node:timers/promises';
import { isDamaged } from '../damaged-store.ts';
import { wipe } from '../keys/wipe.ts';
import { openEncrypted } from './open-encrypted.ts';
import { sqliteFault } from './sqlite-fault.ts';

/** A store and how it is opened; the key is wiped here. */
export interface StoreToCheck {
  readonly name: string;
  readonly path: string;
  readonly key: () => Uint8Array;
}

/**
 * Reads every page of every store and checks their structure; the cipher authenticates each page. Returns the names of those that
 * are damaged or missing. Lets others work between two stores. For drills.
 */
export async function damagedStores(stores: readonly StoreToCheck[]): Promise<string[]> {
  const damaged: string[] = [];
  for (const { name, path, key } of stores) {
    if (!isWhole(path, key())) damaged.push(name);
    await setImmediate();
  }
  return damaged;
}

function isWhole(path: string, key: Uint8Array): boolean {
  try {
    const db = openEncrypted(path, key, { mustExist: true });
    try {
      return db.pragma('quick_check', { simple: true }) === 'ok';
    } finally {
      db.close();
    }
  } catch (thrown) {
    if (isDamaged(sqliteFault(thrown, path))) return false;
    throw thrown;
  } finally {
    wipe(key);
  }
}
