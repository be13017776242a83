import { randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { PersonId, TenantId } from '../caller.ts';
import { AppError } from '../errors.ts';
import { deriveKey, KEY_BYTES } from '../keys/derive.ts';
import { open, seal } from '../keys/seal.ts';
import { wipe } from '../keys/wipe.ts';
import { transact } from './transact.ts';

const LABEL = 'tenant-key';

/** Whose a tenant is, and whether its file was ever made. */
export interface TenantRow {
  readonly person: PersonId;
  readonly made: boolean;
}

/** The tenants and their wrapped keys in control.db. Lent the wrap key by `openState`; used by people-store and vault. */
export class TenantKeyStore {
  readonly #db: Database.Database;
  readonly #wrapKey: Uint8Array;
  readonly #active: Database.Statement<[string], { person: string; madeAt: number | null }>;

  constructor(db: Database.Database, wrapKey: Uint8Array) {
    this.#db = db;
    this.#wrapKey = wrapKey;
    this.#active = db.prepare(
      `SELECT p.id AS person, t.made_at AS madeAt FROM tenants t JOIN people p ON p.tenant = t.id
       WHERE t.id = ? AND p.removed_at IS NULL`,
    );
  }

  /** Makes a tenant with a random name and a random key of its own. Runs inside the caller's transaction. */
  create(): TenantId {
    const id = randomBytes(16).toString('hex') as TenantId;
    const key = new Uint8Array(randomBytes(KEY_BYTES));
    this.#db
      .prepare('INSERT INTO tenants (id, wrapped_key) VALUES (?, ?)')
      .run(id, seal(this.#wrapKey, key, { label: LABEL, id }));
    wipe(key);
    return id;
  }

  /** undefined when there is no such tenant, or its person was removed. */
  active(tenant: TenantId): TenantRow | undefined {
    const row = this.#active.get(tenant);
    return row && { person: row.person as PersonId, made: row.madeAt !== null };
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

  /** Overwrites a tenant's wrapped key, so that nothing opens its file any more. A repeat, or no such tenant, changes nothing. */
  destroy(tenant: TenantId): void {
    transact(this.#db, 'write', () =>
      this.#db.prepare('UPDATE tenants SET wrapped_key = zeroblob(length(wrapped_key)) WHERE id = ?').run(tenant),
    );
  }

  /** True when the tenant's key is overwritten, or there is no such tenant. */
  isDestroyed(tenant: TenantId): boolean {
    const left = 'SELECT 1 FROM tenants WHERE id = ? AND wrapped_key <> zeroblob(length(wrapped_key))';
    return this.#db.prepare(left).get(tenant) === undefined;
  }

  /** Notes that the tenant's file exists. */
  markMade(tenant: TenantId, at: number): void {
    this.#db.prepare('UPDATE tenants SET made_at = ? WHERE id = ? AND made_at IS NULL').run(at, tenant);
  }
}
