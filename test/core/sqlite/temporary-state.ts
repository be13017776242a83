import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';
import type { TenantId } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { KDF_FOR_TESTS_ONLY } from '../../../core/keys/passphrase-key.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { type OpenStateOptions, openState } from '../../../core/sqlite/open-state.ts';
import { TenantKeyStore } from '../../../core/sqlite/tenant-key-store.ts';

export const PASSPHRASE = 'correct horse battery staple';
export const NOW = 1_800_000_000_000;

/** A throw-away folder; the state folder inside it does not exist yet. */
export function temporaryFolder(): { folder: string; stateDir: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-state-'));
  return { folder, stateDir: join(folder, 'state'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Opens (and makes) a state folder with cheap key stretching. */
export function openTestState(stateDir: string, changes: Partial<OpenStateOptions> = {}): Promise<OpenState> {
  return openState({
    stateDir,
    passphrase: PASSPHRASE,
    create: true,
    clock: () => NOW,
    kdf: KDF_FOR_TESTS_ONLY,
    ...changes,
  });
}

/** Every file under a folder with its bytes. Not on files that this process has open: closing one drops SQLite's locks. */
export function filesUnder(folder: string): { name: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: path.slice(folder.length + 1), bytes: readFileSync(path) }));
}

/** Opens a tenant's file past the vault, on a copy of the state folder, as somebody with all keys could. */
export async function openRaw(stateDir: string, copy: string, tenant: TenantId): Promise<Database.Database> {
  cpSync(stateDir, copy, { recursive: true });
  const masterKey = await unlockMasterKey(join(copy, 'keys.json'), PASSPHRASE);
  const control = openEncrypted(join(copy, 'control.db'), deriveKey(masterKey, 'control.db'));
  const key = new TenantKeyStore(control, deriveKey(masterKey, 'tenant-keys')).key(tenant);
  control.close();
  const db = openEncrypted(join(copy, 'tenants', `${tenant}.db`), key, { mustExist: true });
  sqliteVec.load(db);
  return db;
}
