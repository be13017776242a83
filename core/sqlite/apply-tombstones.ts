import type Database from 'better-sqlite3';
import type { TenantId } from '../caller.ts';
import { step } from '../step.ts';
import { eraseRows } from './erase-rows.ts';
import type { TombstoneStore } from './tombstone-store.ts';
import { transact } from './transact.ts';

/**
 * What `applyTombstones` works on. `shred` destroys a tenant's key and files, and ends its shares; `leaveRooms` takes a
 * person out of family rooms. The admins are told first, so that a kill on the way tells them twice rather than not at all:
 * `tellErased` of how many are erased again, `tellDamaged` that the tombstone file was not whole.
 */
export interface TombstoneParts {
  readonly db: Database.Database;
  readonly tombstones: TombstoneStore;
  readonly shred: (tenant: TenantId) => void;
  readonly leaveRooms: (person: string) => void;
  readonly tellErased: (count: number) => void;
  readonly tellDamaged: () => void;
}

/**
 * Erases again whoever a restored control.db knows and a tombstone names: key, files, shares and rows, and what names them in family rooms. Called by `openState`
 * before anybody can be served. A kill at any line leaves the rest to the next start.
 */
export function applyTombstones({ db, tombstones, shred, leaveRooms, tellErased, tellDamaged }: TombstoneParts): void {
  if (tombstones.isFileDamaged()) tellDamaged();
  tombstones.reconcile();
  step('tombstones-read');
  const tenants = db
    .prepare('SELECT t.id AS tenant, p.id AS person FROM tenants t LEFT JOIN people p ON p.tenant = t.id')
    .all() as {
    tenant: TenantId;
    person: string | null;
  }[];
  const back = tenants.filter(({ tenant }) => tombstones.hasTenant(tenant));
  if (back.length > 0) tellErased(back.length);
  for (const { tenant, person } of back) {
    step('erase-again-begun');
    if (person !== null) leaveRooms(person);
    shred(tenant);
    transact(db, 'write', () => {
      eraseRows(db, person ?? tenant, tenant);
      db.prepare(
        "UPDATE erasures SET state = 'done', person = NULL, tenant = NULL, traces = NULL WHERE tenant = ?",
      ).run(tenant);
    });
    step('erased-again');
  }
}
