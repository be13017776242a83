import type { KeyObject } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { TenantId } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { unlessDamaged } from '../damaged-store.ts';
import type { EraseKeys } from '../erase/erase-keys.ts';
import type { CountedWithin, Erasing, Inventory } from '../erase/erasing.ts';
import type { Erasure } from '../erase/erasure.ts';
import { incomplete } from '../erase/incomplete.ts';
import type { Shares } from '../shares.ts';
import { step } from '../step.ts';
import { eraseRows } from './erase-rows.ts';
import { closeErasure, ErasureStore } from './erasure-store.ts';
import { findLeftovers } from './find-leftovers.ts';
import { emptyLog } from './open-encrypted.ts';
import { storeBusy } from './sqlite-fault.ts';
import type { TenantKeyStore } from './tenant-key-store.ts';
import type { TombstoneStore } from './tombstone-store.ts';
import { transact } from './transact.ts';
import type { FileVault } from './vault.ts';

interface EraserParts {
  readonly db: Database.Database;
  readonly tenants: TenantKeyStore;
  readonly vault: FileVault;
  readonly shares: Pick<Shares, 'endAllOf'>;
  readonly tombstones: TombstoneStore;
  readonly keys: EraseKeys;
  readonly clock: Clock;
}

/** Erases in control.db and the tenants' files: `Erasing` of core. Made by `openState`. */
export class StateEraser implements Erasing {
  readonly #parts: EraserParts;
  readonly book: ErasureStore;

  constructor(parts: EraserParts) {
    this.#parts = parts;
    this.book = new ErasureStore(parts.db, parts.clock);
  }

  get signingKey(): KeyObject {
    return this.#parts.keys.signing;
  }

  get verifyingKey(): KeyObject {
    return this.#parts.keys.verifying;
  }

  inventory(tenant: TenantId, within?: CountedWithin): Inventory {
    // What nobody can read any more must not keep its person from being erased.
    return unlessDamaged(() => this.#parts.vault.inventory(tenant, within)) ?? { counts: {}, events: [] };
  }

  shred(tenant: TenantId): void {
    const { db, tenants, vault, shares } = this.#parts;
    const person = db.prepare('SELECT id FROM people WHERE tenant = ?').pluck().get(tenant) as string | undefined;
    // What was lent from here or to here goes with it; a restored folder may have brought it back.
    if (person !== undefined) shares.endAllOf(person);
    step('erase-shares-ended');
    // The key first: whatever becomes of the files then, nothing opens them.
    tenants.destroy(tenant);
    step('erase-key-destroyed');
    if (!this.emptyLog()) throw storeBusy('control.db');
    step('erase-log-emptied');
    vault.remove(tenant);
  }

  isShredded(tenant: TenantId): boolean {
    return this.#parts.tenants.isDestroyed(tenant) && this.#parts.vault.filesOf(tenant).length === 0;
  }

  bury({ id, person, tenant, reference, traces }: Erasure, at: number): void {
    const { db, tombstones } = this.#parts;
    if (person === null || tenant === null) return;
    const tombstone = tombstones.of(person, tenant, { at, reference });
    tombstones.addToFile(tombstone);
    step('erase-tombstone-written');
    transact(db, 'write', () => {
      tombstones.add(tombstone);
      eraseRows(db, person, tenant);
      closeErasure(db, id);
      const left = findLeftovers(db, { texts: [person, tenant, ...traces.rooms], events: [] });
      // Added again meanwhile, as somebody new: that name is no remnant.
      const isBack = db.prepare('SELECT 1 FROM people WHERE id = ?').get(person) !== undefined;
      if (left.length > 0 && !isBack) throw incomplete(left[0]!.table);
    });
    step('erase-buried');
    this.emptyLog();
  }

  emptyLog(): boolean {
    return emptyLog(this.#parts.db);
  }

  wasErased(person: string): boolean {
    return this.#parts.tombstones.hasPerson(person);
  }

  wasTenantErased(tenant: TenantId): boolean {
    return this.#parts.tombstones.hasTenant(tenant);
  }

  erasedList(): string {
    return this.#parts.tombstones.text();
  }

  takeErasedList(text: string): boolean {
    return this.#parts.tombstones.take(text);
  }

  erasedCopyKey(name: string): Uint8Array {
    return this.#parts.keys.copyKey(name);
  }

  subject(person: string): string {
    return this.#parts.keys.mark('person', person);
  }
}
