import type Database from 'better-sqlite3';
import type { TenantId } from '../caller.ts';
import { eraseRows } from './erase-rows.ts';
import type { TombstoneStore } from './tombstone-store.ts';
import { transact } from './transact.ts';

/** What `applyTombstones` works on. `shred` destroys a tenant's key and files, and ends its shares; `leaveRooms` takes a person out of family rooms. */
export interface TombstoneParts {
  readonly db: Database.Database;
  readonly tombstones: TombstoneStore;
  readonly shred: (tenant: TenantId) => void;
  readonly leaveRooms: (person: string) => void;
}

/**
 * Erases again whoever a restored control.db knows and a tombstone names: key, files, shares and rows, and what names them in family rooms. Called by `openState`
 * before anybody can be served, and by a restore. Returns how many were erased again, and whether the tombstone file was
 * damaged, which the admins have to hear.
 */
export function applyTombstones({ db, tombstones, shred, leaveRooms }: TombstoneParts): {
  erased: number;
  damaged: boolean;
} {
  const damaged = tombstones.reconcile();
  const tenants = db
    .prepare('SELECT t.id AS tenant, p.id AS person FROM tenants t LEFT JOIN people p ON p.tenant = t.id')
    .all() as {
    tenant: TenantId;
    person: string | null;
  }[];
  const back = tenants.filter(({ tenant }) => tombstones.hasTenant(tenant));
  for (const { tenant, person } of back) {
    if (person !== null) leaveRooms(person);
    shred(tenant);
    transact(db, 'write', () => {
      eraseRows(db, person ?? tenant, tenant);
      db.prepare(
        "UPDATE erasures SET state = 'done', person = NULL, tenant = NULL, traces = NULL WHERE tenant = ?",
      ).run(tenant);
    });
  }
  return { erased: back.length, damaged };
}
