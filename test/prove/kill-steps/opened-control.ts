import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { TenantKeyStore } from '../../../core/sqlite/tenant-key-store.ts';
import { PASSPHRASE } from '../../core/sqlite/temporary-state.ts';

/** control.db past the product, as somebody with every key could open it: nothing is mended by looking. Closed by its user. */
export async function openedControl(folder: string): Promise<{ db: Database.Database; keys: TenantKeyStore }> {
  const masterKey = await unlockMasterKey(join(folder, 'keys.json'), PASSPHRASE);
  const db = openEncrypted(join(folder, 'control.db'), deriveKey(masterKey, 'control.db'), { mustExist: true });
  return { db, keys: new TenantKeyStore(db, deriveKey(masterKey, 'tenant-keys')) };
}
