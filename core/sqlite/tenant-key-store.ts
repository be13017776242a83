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

const LABEL = 'tenant-key';

/** The tenants and their wrapped keys in control.db. Lent the wrap key by `openState`; used by people-store and vault. */
export class TenantKeyStore {
  readonly #db: Database.Database;
  readonly #wrapKey: Uint8Array;

  /** Who may enter which tenant. */
  readonly doors: TenantDoors;

  constructor(db: Database.Database, wrapKey: Uint8Array, clock: Clock = systemClock) {
    this.#db = db;
    this.#wrapKey = wrapKey;
    this.doors = new TenantDoors(db, clock);
  }

  /** Makes a tenant with a random name and a random key of its own. Runs inside the caller's transaction. */
  create(kind: TenantKind = 'person'): TenantId {
    const id = randomBytes(16).toString('hex') as TenantId;
    const key = new Uint8Array(randomBytes(KEY_BYTES));
    this.#db
      .prepare('INSERT INTO tenants (id, kind, wrapped_key) VALUES (?, ?, ?)')
      .run(id, kind, seal(this.#wrapKey, key, { label: LABEL, id }));
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

  /** The tenant's own key (32 bytes), to be wiped by who asked for it. Throws AppError `internal` when it does not open. */
  key(tenant: TenantId): Uint8Array {
    const row = this.#db.prepare('SELECT wrapped_key AS wrapped FROM tenants WHERE id = ?').get(tenant) as {
      wrapped: Uint8Array;
    };
    return open(this.#wrapKey, row.wrapped, { label: LABEL, id: tenant });
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

  /** Destroys a tenant's key: what was sealed with it opens never again. Runs inside the caller's transaction. */
  destroy(tenant: TenantId): void {
    this.#db.prepare('UPDATE tenants SET wrapped_key = zeroblob(length(wrapped_key)) WHERE id = ?').run(tenant);
    this.#db.prepare('DELETE FROM tenants WHERE id = ?').run(tenant);
  }

  /** Notes that the tenant's file exists. */
  markMade(tenant: TenantId, at: number): void {
    this.#db.prepare('UPDATE tenants SET made_at = ? WHERE id = ? AND made_at IS NULL').run(at, tenant);
  }
}
