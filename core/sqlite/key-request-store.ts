import type Database from 'better-sqlite3';
import type { TenantId } from '../caller.ts';
import type { TenantKeyAges } from '../keys/tenant-keys.ts';
import type { TenantKind } from '../tenant.ts';
import { transact } from './transact.ts';

/** Whoever is being erased has no key any more. */
const HAS_KEY = 'wrapped_key <> zeroblob(length(wrapped_key))';

interface Ages {
  readonly count: number;
  readonly undated: number;
  readonly oldest: number | null;
  readonly newest: number | null;
}

/** Ages of the tenants' keys, and who is to get a new one, in control.db. */
export class KeyRequestStore {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** See `TenantKeys`. */
  ages(): TenantKeyAges {
    const { person, room, shelf, ...row } = this.#db
      .prepare(
        `SELECT count(*) AS count, count(*) - count(key_made_at) AS undated, min(key_made_at) AS oldest,
           max(key_made_at) AS newest, count(*) FILTER (WHERE kind = 'person') AS person,
           count(*) FILTER (WHERE kind = 'room') AS room, count(*) FILTER (WHERE kind = 'shelf') AS shelf
         FROM tenants WHERE ${HAS_KEY}`,
      )
      .get() as Ages & Record<TenantKind, number>;
    return { ...row, kinds: { person, room, shelf }, oldest: row.oldest ?? undefined, newest: row.newest ?? undefined };
  }

  /** See `TenantKeys`. */
  request(which: TenantId | 'all', at: number): number {
    return transact(this.#db, 'write', () =>
      this.#db
        .prepare(
          `INSERT INTO key_requests (tenant, asked_at) SELECT id, @at FROM tenants WHERE @which IN ('all', id) AND ${HAS_KEY}
           ON CONFLICT DO NOTHING`,
        )
        .run({ which, at }),
    ).changes;
  }

  /** See `TenantKeys`. */
  waiting(): TenantId[] {
    return this.#db.prepare('SELECT tenant FROM key_requests ORDER BY asked_at, tenant').pluck().all() as TenantId[];
  }

  /** Runs inside the transaction that changes the key; or there is nobody any more whose key it would be. */
  done(tenant: TenantId): void {
    this.#db.prepare('DELETE FROM key_requests WHERE tenant = ?').run(tenant);
  }
}
