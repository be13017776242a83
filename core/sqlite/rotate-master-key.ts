import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { deriveKey, type KeyPurpose } from '../keys/derive.ts';
import { syncFolder } from '../keys/durable-write.ts';
import { type KeyFile, readKeyFile, writeKeyFile } from '../keys/key-file.ts';
import { newMasterKey } from '../keys/master-key.ts';
import { wipe } from '../keys/wipe.ts';
import { openByPassphrase } from '../keys/wrap-master-key.ts';
import { step } from '../step.ts';
import { CODE_TOLD } from './code-told.ts';
import { copyUnderKey } from './copy-under-key.ts';
import { withKeyLock } from './key-lock.ts';
import { MASTER_KEYED, settleStagedStores, stagedStore } from './staged-stores.ts';
import { rewrapTenantKeys } from './tenant-key-store.ts';
import { transact } from './transact.ts';

/** What `rotateMasterKey` needs. `confirmed` is shown the new recovery code and says whether it was written down; false stops the change. */
export interface MasterKeyChange {
  readonly stateDir: string;
  readonly passphrase: string;
  readonly at: number;
  readonly confirmed: (recoveryCode: string) => Promise<boolean>;
}

/**
 * Makes a new master key under the same passphrase, with a new recovery code. control.db (with every tenant's key sealed
 * anew, in one transaction) and bot.db are written anew beside the old ones; the moment of the change is the rename of
 * keys.json. Before it the old files count, after it the new ones, which any next start puts in their place. The tenants'
 * files stay as they are: their own keys don't change. Called by `kinkeeper keys rotate-master` while it holds the locks of
 * bot and ops. False when it was not confirmed. Throws as `unlockMasterKey` and `copyUnderKey` do; then nothing has changed.
 */
export async function rotateMasterKey(change: MasterKeyChange): Promise<boolean> {
  const keyFile = join(change.stateDir, 'keys.json');
  const before = readKeyFile(keyFile);
  const old = await openByPassphrase(before, change.passphrase);
  const { at } = change;
  const made = await newMasterKey(change.passphrase, { ...before.kdf, at, generation: before.generation + 1 });
  const file = { ...made.file, madeAt: { ...made.file.madeAt, passphrase: before.madeAt.passphrase } };
  try {
    if (!(await change.confirmed(made.recoveryCode))) return false;
    await withKeyLock(change.stateDir, () => exchange(change.stateDir, { old, next: made.masterKey, file, keyFile }));
    return true;
  } finally {
    wipe(old, made.masterKey);
  }
}

interface Keys {
  readonly old: Uint8Array;
  readonly next: Uint8Array;
  readonly file: KeyFile;
  readonly keyFile: string;
}

function exchange(stateDir: string, { old, next, file, keyFile }: Keys): void {
  settleStagedStores(stateDir, file.generation - 1);
  for (const store of MASTER_KEYED) {
    if (!existsSync(join(stateDir, store))) continue;
    const [from, to] = [deriveKey(old, store), deriveKey(next, store)];
    const rewrap = store === 'control.db' ? (copy: Database.Database) => rewrapAll(copy, old, next) : undefined;
    try {
      copyUnderKey(
        { path: join(stateDir, store), key: from },
        { path: stagedStore(stateDir, store, file.generation), key: to },
        rewrap,
      );
    } finally {
      wipe(from, to);
    }
    step(`staged-${store}`);
  }
  syncFolder(stateDir);
  step('storing-keys');
  writeKeyFile(keyFile, file, { exclusive: false });
  step('keys-stored');
  settleStagedStores(stateDir, file.generation);
}

/** Every key that is sealed in control.db, sealed anew in one transaction; and the note that an admin has the recovery code. */
function rewrapAll(copy: Database.Database, old: Uint8Array, next: Uint8Array): void {
  const purpose: KeyPurpose = 'tenant-keys';
  const [from, to] = [deriveKey(old, purpose), deriveKey(next, purpose)];
  try {
    transact(copy, 'write', () => {
      rewrapTenantKeys(copy, from, to);
      copy.prepare('INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)').run(CODE_TOLD, 'yes');
    });
  } finally {
    wipe(from, to);
  }
}
