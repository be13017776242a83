import type Database from 'better-sqlite3';
import type { TenantId } from '../caller.ts';
import type { EraseKeys } from '../erase/erase-keys.ts';
import { readTombstones, type Tombstone, writeTombstones } from '../erase/tombstone-file.ts';
import { transact } from './transact.ts';

/** The tombstones in control.db and in the file beside it, which tell who must not come back. */
export class TombstoneStore {
  readonly #db: Database.Database;
  readonly #path: string;
  readonly #keys: EraseKeys;

  constructor(db: Database.Database, path: string, keys: EraseKeys) {
    this.#db = db;
    this.#path = path;
    this.#keys = keys;
  }

  /** All in control.db, oldest first. */
  all(): Tombstone[] {
    return this.#db
      .prepare('SELECT person, tenant, at, reference FROM tombstones ORDER BY at, tenant')
      .all() as Tombstone[];
  }

  /** Adds one to control.db; a repeat changes nothing. Runs inside the caller's transaction. */
  add({ tenant, person, at, reference }: Tombstone): void {
    this.#db
      .prepare('INSERT OR IGNORE INTO tombstones (tenant, person, at, reference) VALUES (?, ?, ?, ?)')
      .run(tenant, person, at, reference);
  }

  hasPerson(person: string): boolean {
    const mark = this.#keys.mark('person', person);
    return this.#db.prepare('SELECT 1 FROM tombstones WHERE person = ?').get(mark) !== undefined;
  }

  hasTenant(tenant: TenantId): boolean {
    const mark = this.#keys.mark('tenant', tenant);
    return this.#db.prepare('SELECT 1 FROM tombstones WHERE tenant = ?').get(mark) !== undefined;
  }

  /** The tombstone of a person and their tenant. */
  of(person: string, tenant: string, facts: Pick<Tombstone, 'at' | 'reference'>): Tombstone {
    return { person: this.#keys.mark('person', person), tenant: this.#keys.mark('tenant', tenant), ...facts };
  }

  /** Puts one into the file, before control.db has it: a kill between the two erases twice rather than not at all. */
  addToFile(tombstone: Tombstone): void {
    const { tombstones } = this.#inFile();
    if (tombstones.some(({ tenant }) => tenant === tombstone.tenant)) return;
    writeTombstones(this.#path, [...tombstones, tombstone], this.#keys);
  }

  /** True when lines of the file cannot be believed, until `reconcile` has written it anew. */
  isFileDamaged(): boolean {
    return this.#inFile().damaged;
  }

  /** Brings file and control.db in line: each gets what only the other has. */
  reconcile(): void {
    const { tombstones: inFile, damaged } = this.#inFile();
    const stored = new Set(this.all().map(({ tenant }) => tenant));
    const added = inFile.filter(({ tenant }) => !stored.has(tenant));
    // Every process that opens the folder comes by here; mostly there is nothing to write, and then nobody waits for a lock.
    if (added.length > 0) transact(this.#db, 'write', () => added.forEach((tombstone) => void this.add(tombstone)));
    const all = this.all();
    const known = new Set(inFile.map(({ tenant }) => tenant));
    const missing = all.filter(({ tenant }) => !known.has(tenant));
    if (damaged || missing.length > 0) writeTombstones(this.#path, [...inFile, ...missing], this.#keys);
  }

  #inFile() {
    return readTombstones(this.#path, this.#keys);
  }
}
