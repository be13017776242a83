import { randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { TenantId } from '../caller.ts';
import { type Clock, systemClock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { deriveKey, KEY_BYTES } from '../keys/derive.ts';
import { open, seal } from '../keys/seal.ts';
import { wipe } from '../keys/wipe.ts';
import type { TenantKind } from '../tenant.ts';
import { TenantDoors, type TenantRow } from './tenant-doors.ts';
import { transact } from './transact.ts';

const LABEL = 'tenant-key';

/** The tenants and their wrapped keys in control.db. Lent the wrap key by `openState`; used by people-store and vault. */
export class TenantKeyStore {
  readonly #db: Database.Database;
  readonly #wrapKey: Uint8Array;
  readonly #clock: Clock;

  /** Who may enter which tenant. */
  readonly doors: TenantDoors;

  constructor(db: Database.Database, wrapKey: Uint8Array, clock: Clock = systemClock) {
    this.#db = db;
    this.#wrapKey = wrapKey;
    this.#clock = clock;
    this.doors = new TenantDoors(db, clock);
  }

  /** Makes a tenant with a random name and a random key of its own. Runs inside the caller's transaction. */
  create(kind: TenantKind): TenantId {
    const id = randomBytes(16).toString('hex') as TenantId;
    const key = new Uint8Array(randomBytes(KEY_BYTES));
    this.#db
      .prepare('INSERT INTO tenants (id, kind, wrapped_key, key_made_at) VALUES (?, ?, ?, ?)')
      .run(id, kind, seal(this.#wrapKey, key, { label: LABEL, id }), this.#clock());
    wipe(key);
    return id;
  }

  /** True when there is such a tenant, whoever may enter it. */
  has(tenant: TenantId): boolean {
    return this.#db.prepare('SELECT 1 FROM tenants WHERE id = ?').get(tenant) !== undefined;
  }

  /** undefined when there is no such tenant, or nobody may enter it any more. */
  active(tenant: TenantId): TenantRow | undefined {
    return this.doors.row(tenant);
  }

  /** The tenant's own key (32 bytes), to be wiped by who asked for it. Throws AppError `unavailable` (reason `store-unreadable`) when it does not open. */
  key(tenant: TenantId): Uint8Array {
    const row = this.#db.prepare('SELECT wrapped_key AS wrapped FROM tenants WHERE id = ?').get(tenant) as {
      wrapped: Uint8Array;
    };
    return unwrapped(this.#wrapKey, row.wrapped, tenant);
  }

  /**
   * Puts a new key in the place of the tenant's key, where that is still of the generation before. Runs inside the caller's
   * transaction. False when it is not, or the tenant is gone. Only for rotate-tenant-key.ts: the file has to be there.
   */
  replaceKey(
    tenant: TenantId,
    next: { readonly key: Uint8Array; readonly generation: number; readonly at: number },
  ): boolean {
    const changed = this.#db
      .prepare(
        'UPDATE tenants SET wrapped_key = ?, key_generation = ?, key_made_at = ? WHERE id = ? AND key_generation = ?',
      )
      .run(
        seal(this.#wrapKey, next.key, { label: LABEL, id: tenant }),
        next.generation,
        next.at,
        tenant,
        next.generation - 1,
      );
    return changed.changes > 0;
  }

  /** Which file of a tenant its key opens, and whether it was made yet; undefined when the tenant is gone. Asks no person. */
  file(tenant: TenantId): { readonly generation: number; readonly made: boolean } | undefined {
    const row = this.#db
      .prepare('SELECT key_generation AS generation, made_at AS madeAt FROM tenants WHERE id = ?')
      .get(tenant) as { generation: number; madeAt: number | null } | undefined;
    return row && { generation: row.generation, made: row.madeAt !== null };
  }

  /** Every tenant with the generation of its key. */
  files(): [TenantId, number][] {
    return this.#db.prepare('SELECT id, key_generation FROM tenants').raw().all() as [TenantId, number][];
  }

  /** Every tenant whose file was made and whose key is there, with the generation of the key. */
  openable(): [TenantId, number][] {
    return this.files().filter(([tenant]) => this.file(tenant)?.made && !this.isDestroyed(tenant));
  }

  /** See `OpenState.indexSecret`. */
  indexSecret(tenant: TenantId): Uint8Array {
    if (!this.active(tenant)) throw new AppError('not-found', 'there is nothing kept under this name');
    const key = this.key(tenant);
    try {
      return deriveKey(key, 'passage-index');
    } finally {
      wipe(key);
    }
  }

  /** Overwrites a tenant's wrapped key, so that nothing opens its file any more. A repeat is harmless. */
  destroy(tenant: TenantId): void {
    transact(this.#db, 'write', () => {
      // The next generation: a change of key that is under way finds that its turn has passed.
      this.#db
        .prepare(
          'UPDATE tenants SET wrapped_key = zeroblob(length(wrapped_key)), key_generation = key_generation + 1 WHERE id = ?',
        )
        .run(tenant);
      this.#db.prepare('DELETE FROM key_requests WHERE tenant = ?').run(tenant);
    });
  }

  /** True when the tenant's key is overwritten, or there is no such tenant. */
  isDestroyed(tenant: TenantId): boolean {
    const left = 'SELECT 1 FROM tenants WHERE id = ? AND wrapped_key <> zeroblob(length(wrapped_key))';
    return this.#db.prepare(left).get(tenant) === undefined;
  }

  /** Destroys a tenant's key and its row: what was sealed with it opens never again. Runs inside the caller's transaction. */
  remove(tenant: TenantId): void {
    this.#db.prepare('UPDATE tenants SET wrapped_key = zeroblob(length(wrapped_key)) WHERE id = ?').run(tenant);
    this.#db.prepare('DELETE FROM tenants WHERE id = ?').run(tenant);
  }

  /** Notes that the tenant's file exists. */
  markMade(tenant: TenantId, at: number): void {
    this.#db.prepare('UPDATE tenants SET made_at = ? WHERE id = ? AND made_at IS NULL').run(at, tenant);
  }
}

/** Seals every tenant's key under another wrap key. Runs inside the caller's transaction; for rotate-master-key.ts. */
export function rewrapTenantKeys(db: Database.Database, from: Uint8Array, to: Uint8Array): void {
  // Those of people who are being erased are overwritten already.
  const there = 'SELECT id, wrapped_key AS wrapped FROM tenants WHERE wrapped_key <> zeroblob(length(wrapped_key))';
  const rows = db.prepare(there).all() as { id: string; wrapped: Uint8Array }[];
  const store = db.prepare('UPDATE tenants SET wrapped_key = ? WHERE id = ?');
  for (const { id, wrapped } of rows) {
    const key = unwrapped(from, wrapped, id);
    store.run(seal(to, key, { label: LABEL, id }), id);
    wipe(key);
  }
}

function unwrapped(wrapKey: Uint8Array, wrapped: Uint8Array, tenant: string): Uint8Array {
  try {
    return open(wrapKey, wrapped, { label: LABEL, id: tenant });
  } catch (cause) {
    throw new AppError('unavailable', `control.db holds a damaged key for ${tenant}.db, which nothing else opens`, {
      reason: 'store-unreadable',
      hint: 'Restore the whole state folder from a backup, and keep the newer file tombstones.',
      facts: { file: `${tenant}.db` },
      cause,
    });
  }
}
