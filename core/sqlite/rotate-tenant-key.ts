import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { TenantId } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { KEY_BYTES } from '../keys/derive.ts';
import { syncFolder } from '../keys/durable-write.ts';
import { readKeyFile } from '../keys/key-file.ts';
import type { KeyChange, MasterKeyAges, TenantKeyAges, TenantKeys } from '../keys/tenant-keys.ts';
import { wipe } from '../keys/wipe.ts';
import { step } from '../step.ts';
import { copyInThread } from './copy-in-thread.ts';
import { type KeyedFile, removeFile } from './copy-under-key.ts';
import type { KeyRequestStore } from './key-request-store.ts';
import { emptyLog, openEncrypted } from './open-encrypted.ts';
import { removeGenerations, tenantFile } from './tenant-files.ts';
import type { TenantKeyStore } from './tenant-key-store.ts';
import { transact } from './transact.ts';
import type { FileVault } from './vault.ts';

/** Copies made while others write. During the next one writers are sent away instead, so that it comes to an end. */
const FREE_COPIES = 3;

interface RotationParts {
  /** control.db */
  readonly db: Database.Database;
  readonly folder: string;
  readonly keyFile: string;
  readonly tenants: TenantKeyStore;
  readonly requests: KeyRequestStore;
  readonly vault: Pick<FileVault, 'release' | 'hold'>;
  readonly clock: Clock;
}

/** One try: the file as it is, the file that is to take its place, and a look at whether somebody wrote meanwhile. */
interface Change {
  readonly tenant: TenantId;
  readonly generation: number;
  readonly from: KeyedFile;
  readonly to: KeyedFile;
}

/**
 * New keys for tenants: `TenantKeys` of core. A new key has a new file (tenant-files.ts). The moment of the change is one
 * transaction of control.db, which replaces key and generation; before it the old file counts, after it the new one. What a
 * kill leaves behind is removed at the next use or by the next change. Made by `openState`.
 */
export class TenantKeyRotation implements TenantKeys {
  readonly #parts: RotationParts;

  constructor(parts: RotationParts) {
    this.#parts = parts;
  }

  master(): MasterKeyAges {
    const { generation, madeAt } = readKeyFile(this.#parts.keyFile);
    return { generation, madeAt };
  }

  ages(): TenantKeyAges {
    return this.#parts.requests.ages();
  }

  request(which: TenantId | 'all', at: number): number {
    return this.#parts.requests.request(which, at);
  }

  waiting(): TenantId[] {
    return this.#parts.requests.waiting();
  }

  /** See `TenantKeys`. */
  async rotate(tenant: TenantId, signal?: AbortSignal): Promise<KeyChange | undefined> {
    const { folder, tenants, requests } = this.#parts;
    const now = tenants.file(tenant);
    if (now === undefined || tenants.isDestroyed(tenant)) {
      requests.done(tenant);
      return undefined;
    }
    const [old, key] = [tenants.key(tenant), new Uint8Array(randomBytes(KEY_BYTES))];
    try {
      removeGenerations(folder, tenant, (generation) => generation !== now.generation);
      const change: Change = {
        tenant,
        generation: now.generation + 1,
        from: { path: tenantFile(folder, tenant, now.generation), key: old },
        to: { path: tenantFile(folder, tenant, now.generation + 1), key },
      };
      return now.made ? await this.#withFile(change, signal) : this.#withoutFile(change);
    } finally {
      wipe(old, key);
    }
  }

  /** Removes the files of changes that were killed. Called by `openState` for the one process that makes changes. */
  clearLeftovers(): void {
    const { folder, tenants } = this.#parts;
    for (const [tenant, now] of tenants.files()) removeGenerations(folder, tenant, (generation) => generation !== now);
  }

  async #withFile(change: Change, signal: AbortSignal | undefined): Promise<KeyChange | undefined> {
    const watch = openEncrypted(change.from.path, change.from.key, { mustExist: true });
    try {
      for (let copies = 1; copies <= FREE_COPIES + 1; copies++) {
        using _held = copies > FREE_COPIES ? this.#parts.vault.hold(change.tenant) : undefined;
        const seen = dataVersion(watch);
        await copyInThread(change.from, change.to, signal);
        if (this.#exchange(change, watch, seen)) return { bytes: statSync(change.to.path).size, copies };
        if (this.#parts.tenants.isDestroyed(change.tenant)) break;
      }
    } catch (thrown) {
      removeFile(change.to.path);
      if (!this.#parts.tenants.isDestroyed(change.tenant)) throw thrown;
    } finally {
      watch.close();
      // After the watching connection, whose closing would make a log anew.
      this.#clearAway(change.tenant);
    }
    removeFile(change.to.path);
    // Somebody ended a share, or is erased.
    if (this.#parts.tenants.isDestroyed(change.tenant)) return undefined;
    throw tenantBusy();
  }

  /** True when the new file has taken the place of the old one; false when something was written since `seen`. */
  #exchange(change: Change, watch: Database.Database, seen: number): boolean {
    const { folder, vault } = this.#parts;
    // The entry of the new file has to survive a power cut before anything says that it counts.
    syncFolder(folder);
    // Nobody can write to the old file until it is out of use, in no process (see `FileVault.write`).
    watch.exec('BEGIN IMMEDIATE');
    try {
      if (dataVersion(watch) !== seen) return false;
      step('exchanging');
      if (!this.#commit(change)) return false;
      step('exchanged');
      vault.release(change.tenant);
      return true;
    } finally {
      watch.exec('ROLLBACK');
    }
  }

  #withoutFile(change: Change): KeyChange {
    this.#commit(change);
    emptyLog(this.#parts.db);
    return { bytes: 0, copies: 0 };
  }

  #commit({ tenant, generation, to }: Change): boolean {
    const { db, tenants, requests, clock } = this.#parts;
    return transact(db, 'write', () => {
      const isDone = tenants.replaceKey(tenant, { key: to.key, generation, at: clock() });
      requests.done(tenant);
      return isDone;
    });
  }

  /** Removes what is out of use: the old file, and the old wrapped key from the log of control.db. */
  #clearAway(tenant: TenantId): void {
    const { db, folder, tenants } = this.#parts;
    const now = tenants.file(tenant);
    // Of a tenant that went meanwhile nothing stays; what its end has removed the copying may have made anew.
    removeGenerations(folder, tenant, (generation) => now === undefined || generation < now.generation);
    step('old-removed');
    emptyLog(db);
  }
}

/** Changes whenever another connection has changed the file. */
function dataVersion(db: Database.Database): number {
  return db.pragma('data_version', { simple: true }) as number;
}

function tenantBusy(): AppError {
  return new AppError('unavailable', 'a tenant’s file was written to all the time while its key was to be changed', {
    reason: 'tenant-busy',
    hint: 'Nothing has changed; it is tried again.',
  });
}
