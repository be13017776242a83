import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';
import { Caller, type TenantId } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { isDamaged } from '../damaged-store.ts';
import type { CountedWithin, Inventory } from '../erase/erasing.ts';
import { AppError } from '../errors.ts';
import { syncFolder } from '../keys/durable-write.ts';
import { wipe } from '../keys/wipe.ts';
import type { TenantReader, TenantWriter, Vault } from '../tenant.ts';
import { type Lent, lendReader, lendWriter } from './lent-handle.ts';
import { migrate } from './migrate.ts';
import { emptyLog, openEncrypted } from './open-encrypted.ts';
import { sqliteFault, storeBusy } from './sqlite-fault.ts';
import { takeInventory } from './take-inventory.ts';
import type { TenantRow } from './tenant-doors.ts';
import { removeGenerations, tenantFile } from './tenant-files.ts';
import type { TenantKeyStore } from './tenant-key-store.ts';
import { TENANT_MIGRATIONS } from './tenant-migrations.ts';
import { TenantStore } from './tenant-store.ts';
import { transact } from './transact.ts';

// Open files cost memory (4 MB of cache each at most); opening one again takes a few milliseconds.
const MOST_OPEN = 6;

interface OpenTenant {
  readonly db: Database.Database;
  readonly store: TenantStore;
  /** Of the key that this file was opened with. */
  readonly generation: number;
  /** A shelf: nobody but the product itself writes to it. */
  readonly isReadOnly: boolean;
  /** Words were removed and the log, which still holds the pages as they were before, could not be emptied yet. */
  logToEmpty: boolean;
}

/** The tenants' encrypted files in one folder: `Vault` of core. Made by `openState`, which also closes it. */
export class FileVault implements Vault {
  readonly #folder: string;
  readonly #tenants: TenantKeyStore;
  readonly #clock: Clock;
  // In the order of use, the longest unused first.
  readonly #open = new Map<TenantId, OpenTenant>();
  /** Tenants whose writers are sent away for the moment. */
  readonly #held = new Set<TenantId>();
  #closed = false;
  #onForgotten: (tenant: TenantId, sources: readonly string[]) => void = () => {};

  constructor(folder: string, tenants: TenantKeyStore, clock: Clock) {
    this.#folder = folder;
    this.#tenants = tenants;
    this.#clock = clock;
  }

  /** From now on this hears which documents are forgotten, by their messages, right before they are. */
  whenForgotten(hear: (tenant: TenantId, sources: readonly string[]) => void): void {
    this.#onForgotten = hear;
  }

  read<T>(caller: Caller, fn: (reader: TenantReader) => T): T {
    const { db, store } = this.#opened(caller);
    return namingDamage(caller.tenant, () => transact(db, 'read', () => lendTo(fn, lendReader(store))));
  }

  write<T>(caller: Caller, fn: (writer: TenantWriter) => T): T {
    if (this.#held.has(caller.tenant)) throw storeBusy(`${caller.tenant}.db`);
    for (;;) {
      const open = this.#opened(caller);
      if (open.isReadOnly && caller.role !== 'system') {
        throw new AppError('forbidden', 'a lent document is for reading only', { reason: 'read-only' });
      }
      const { db, store, generation } = open;
      let wordsRemoved = false;
      const write = () => {
        // Whoever changes the key holds this lock while doing it: a file that was left meanwhile is not written to.
        if (this.#tenants.file(caller.tenant)?.generation !== generation) return undefined;
        store.startWrite();
        const value = lendTo(fn, lendWriter(store));
        const done = store.finishWrite();
        wordsRemoved = done.wordsRemoved;
        // Before it is so: after a kill between the two the message that asked for it is looked at again, and a restore of
        // an older folder forgets it in any case.
        if (done.forgotten.length > 0) this.#onForgotten(caller.tenant, done.forgotten);
        return { value };
      };
      const result = namingDamage(caller.tenant, () => transact(db, 'write', write));
      if (result === undefined) continue;
      if (wordsRemoved || open.logToEmpty) open.logToEmpty = !emptyLog(db);
      return result.value;
    }
  }

  /**
   * From now on whoever wants to write to this tenant gets AppError `unavailable` (reason `store-busy`) at once, which the bot
   * tries again by itself; reads go on. Ends with the handle. For rotate-tenant-key.ts, when writers give it no pause.
   */
  hold(tenant: TenantId): Disposable {
    this.#held.add(tenant);
    return { [Symbol.dispose]: () => void this.#held.delete(tenant) };
  }

  /** Closes a tenant's file where it is open; the next use opens the one of its key. For rotate-tenant-key.ts. */
  release(tenant: TenantId): void {
    this.#drop(tenant);
  }

  /** See `Erasing.inventory`. */
  inventory(tenant: TenantId, within?: CountedWithin): Inventory {
    if (this.#tenants.isDestroyed(tenant) || this.filesOf(tenant).length === 0) return { counts: {}, events: [] };
    this.#drop(tenant);
    const key = this.#tenants.key(tenant);
    try {
      return takeInventory(tenantFile(this.#folder, tenant, this.#tenants.file(tenant)!.generation), key, within);
    } finally {
      wipe(key);
    }
  }

  /** Names of the files of a tenant that are there, logs and half-made ones among them. */
  filesOf(tenant: TenantId): string[] {
    return readdirSync(this.#folder).filter((file) => file.startsWith(`${tenant}.`));
  }

  /** Closes and removes a tenant's files. Throws AppError `unavailable` (reason `store-busy`) while a callback holds one. */
  remove(tenant: TenantId): void {
    this.#drop(tenant);
    if (this.#open.has(tenant)) throw storeBusy(`${tenant}.db`);
    this.#unlink(tenant);
    syncFolder(this.#folder);
  }

  /** See `OpenState.releaseFiles`. One that a callback holds stays open. */
  releaseAll(): void {
    for (const tenant of [...this.#open.keys()]) this.#drop(tenant);
  }

  /** Closes every file. Whoever comes later gets AppError `unavailable`. */
  close(): void {
    this.#closed = true;
    this.releaseAll();
  }

  /** Closes and removes a tenant's file, whose key was destroyed. Called when a share ends or a room is erased. */
  discard(tenant: TenantId): void {
    this.#drop(tenant);
    this.#unlink(tenant);
  }

  /** Removes files whose tenant is gone: their keys are destroyed already, and a crash came before they went too. */
  discardOrphans(): void {
    const files = readdirSync(this.#folder).filter((file) => /^[0-9a-f]{32}\./.test(file));
    const names = files.map((file) => file.split('.', 1)[0] as TenantId);
    for (const tenant of new Set(names)) if (!this.#tenants.has(tenant)) this.discard(tenant);
  }

  #unlink(tenant: TenantId): void {
    for (const file of this.filesOf(tenant)) rmSync(join(this.#folder, file), { force: true });
  }

  #opened(caller: Caller): OpenTenant {
    if (this.#closed) throw new AppError('unavailable', 'the state folder is closed', { reason: 'state-closed' });
    const row = this.#tenants.active(caller.tenant);
    if (!row || !mayEnter(caller, row)) {
      if (!row) this.#drop(caller.tenant);
      throw new AppError('not-found', 'there is nothing kept under this name', { reason: 'tenant-gone' });
    }
    if (this.#open.get(caller.tenant)?.generation !== row.generation) this.#drop(caller.tenant);
    const open = this.#open.get(caller.tenant) ?? this.#openFile(caller.tenant, row);
    if (open.db.inTransaction) {
      throw new AppError('internal', 'a tenant was asked for inside a callback that already holds it');
    }
    // Out of the way while others are closed, then back as the latest used.
    this.#open.delete(caller.tenant);
    this.#closeUnused();
    this.#open.set(caller.tenant, open);
    return open;
  }

  #openFile(tenant: TenantId, row: TenantRow): OpenTenant {
    const key = this.#tenants.key(tenant);
    let db: Database.Database | undefined;
    try {
      db = openEncrypted(tenantFile(this.#folder, tenant, row.generation), key, { mustExist: row.made });
      sqliteVec.load(db);
      migrate(db, TENANT_MIGRATIONS);
      if (!row.made) this.#tenants.markMade(tenant, this.#clock());
      const store = new TenantStore(db, tenant);
      if (store.hasStaged()) transact(db, 'write', () => store.dropAllStaged());
      removeGenerations(this.#folder, tenant, (generation) => generation < row.generation);
      // A crash may have come between forgetting and emptying the log. An empty one is left alone: emptying it counts as a
      // change to whoever watches for those, and a change of key would copy the file again.
      return {
        ...{ db, store, generation: row.generation, isReadOnly: row.kind === 'shelf' },
        logToEmpty: hasLog(db) && !emptyLog(db),
      };
    } catch (thrown) {
      db?.close();
      throw sqliteFault(thrown, `${tenant}.db`);
    } finally {
      wipe(key);
    }
  }

  #closeUnused(): void {
    for (const tenant of this.#open.keys()) {
      if (this.#open.size < MOST_OPEN) return;
      this.#drop(tenant);
    }
  }

  #drop(tenant: TenantId): void {
    const open = this.#open.get(tenant);
    // Not under the feet of a callback that still runs.
    if (!open || open.db.inTransaction) return;
    open.db.close();
    this.#open.delete(tenant);
  }
}

// Damage may lie in a page that is only read now.
function namingDamage<T>(tenant: TenantId, use: () => T): T {
  try {
    return use();
  } catch (thrown) {
    const fault = sqliteFault(thrown, `${tenant}.db`);
    throw isDamaged(fault) ? fault : thrown;
  }
}

function hasLog(db: Database.Database): boolean {
  return (statSync(`${db.name}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

// Asked again at every use, so that a removed person's caller, kept by work that still runs, opens nothing any more.
function mayEnter(caller: Caller, row: TenantRow): boolean {
  return caller instanceof Caller && (caller.role === 'system' || row.admits(caller.person));
}

function lendTo<H, T>(fn: (handle: H) => T, lent: Lent<H>): T {
  try {
    const result = fn(lent.handle);
    refusePromise(result);
    return result;
  } finally {
    lent.end();
  }
}

function refusePromise(result: unknown): void {
  if (typeof (result as PromiseLike<unknown> | null | undefined)?.then !== 'function') return;
  // Its failure would be nobody's: the handle is gone by then.
  (result as PromiseLike<unknown>).then(undefined, () => {});
  throw new AppError('internal', 'a vault callback must not be asynchronous');
}
