import type Database from 'better-sqlite3';
import type { TenantId } from '../caller.ts';
import type { EraseKeys } from '../erase/erase-keys.ts';
import {
  type Ending,
  type Graves,
  parseTombstones,
  readTombstones,
  type Tombstone,
  tombstoneText,
  writeTombstones,
} from '../erase/tombstone-file.ts';
import { transact } from './transact.ts';

/** Fact of control.db: the file was made, so a missing one is a fault. */
const FILE_MADE = 'tombstones-made';

/**
 * The tombstones in control.db and in the file beside it, which tell who must not come back, and what of those who stay. The
 * file is always written first: what only it has is newer than control.db, what it lacks was taken from it.
 */
export class TombstoneStore {
  readonly #db: Database.Database;
  readonly #path: string;
  readonly #keys: EraseKeys;

  constructor(db: Database.Database, path: string, keys: EraseKeys) {
    this.#db = db;
    this.#path = path;
    this.#keys = keys;
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
    return this.#db.prepare('SELECT 1 FROM tombstones WHERE tenant = ?').get(this.markOf(tenant)) !== undefined;
  }

  /** The tombstone of a person and their tenant. */
  of(person: string, tenant: string, facts: Pick<Tombstone, 'at' | 'reference'>): Tombstone {
    return { person: this.#keys.mark('person', person), tenant: this.#keys.mark('tenant', tenant), ...facts };
  }

  /** The mark that stands for a tenant in `Ending.tenant`. */
  markOf(tenant: TenantId): string {
    return this.#keys.mark('tenant', tenant);
  }

  /** The mark that stands for a message that brought a paper in `Ending.source`. */
  sourceMark(tenant: TenantId, source: string): string {
    return this.#keys.mark('source', `${tenant}\0${source}`);
  }

  /** Puts one into the file, before control.db has it: a kill between the two erases twice rather than not at all. */
  addToFile(tombstone: Tombstone): void {
    transact(this.#db, 'write', () => {
      const { tombstones, endings } = this.#inFile();
      if (tombstones.some(({ tenant }) => tenant === tombstone.tenant)) return;
      this.#write({ tombstones: [...tombstones, tombstone], endings });
    });
  }

  /**
   * Notes what ended, in the file and in control.db; a repeat changes nothing. Runs inside the caller's transaction of
   * control.db, in which no other process writes the file.
   */
  note(ended: readonly Ending[]): void {
    const { tombstones, endings } = this.#inFile();
    const known = new Set(endings.map(nameOf));
    const added = ended.filter((one) => !known.has(nameOf(one)));
    if (added.length > 0) this.#write({ tombstones, endings: [...endings, ...added] });
    this.#store(ended);
  }

  /** That papers of a tenant were forgotten, by the messages that brought them. */
  noteForgotten(tenant: TenantId, sources: readonly string[], at: number): void {
    const whose = { kind: 'paper', tenant: this.markOf(tenant), at } as const;
    transact(this.#db, 'write', () =>
      this.note(sources.map((source) => ({ ...whose, source: this.sourceMark(tenant, source) }))),
    );
  }

  /** That a share ended. Runs inside the caller's transaction. */
  noteEnded(shelf: TenantId, at: number): void {
    const mark = this.markOf(shelf);
    this.note([{ kind: 'share', tenant: mark, source: mark, at }]);
  }

  /** What ended after this control.db was copied, as the file tells it. */
  pending(): Ending[] {
    const find = () => {
      const stored = new Set(this.#stored().map(nameOf));
      return this.#inFile().endings.filter((one) => !stored.has(nameOf(one)));
    };
    // What another process is noting this moment is no such thing: then its transaction is waited for.
    return find().length === 0 ? [] : transact(this.#db, 'write', find);
  }

  /** Notes that it is so again in these stores. */
  settle(endings: readonly Ending[]): void {
    transact(this.#db, 'write', () => this.#store(endings));
  }

  /** True when lines of the file cannot be believed or are gone, until `reconcile` has written it anew. */
  isFileDamaged(): boolean {
    const look = () => {
      const file = this.#inFile();
      return file.damaged || (file.missing && this.#wasMade()) || this.#missingIn(file).count > 0;
    };
    return look() && transact(this.#db, 'write', look);
  }

  /** Brings tombstones of file and control.db in line: each gets what only the other has. Endings only the file gets; see `pending`. */
  reconcile(): void {
    const file = this.#inFile();
    const stored = new Set(this.#all().map(({ tenant }) => tenant));
    const added = file.tombstones.filter(({ tenant }) => !stored.has(tenant));
    const missing = this.#missingIn(file);
    const isToMake = file.missing || !this.#wasMade();
    // Every process that opens the folder comes by here; mostly there is nothing to write, and then nobody waits for a lock.
    if (added.length === 0 && !file.damaged && missing.count === 0 && !isToMake) return;
    transact(this.#db, 'write', () => {
      for (const tombstone of added) this.add(tombstone);
      this.#write(this.#whole());
      this.#db.prepare("INSERT OR IGNORE INTO facts (key, value) VALUES (?, 'yes')").run(FILE_MADE);
    });
  }

  /** What the file would hold if it were whole: file and control.db together. */
  text(): string {
    return transact(this.#db, 'read', () => tombstoneText(this.#whole(), this.#keys));
  }

  /** Adds to the file what another list of this household has. False, and nothing is changed, when that is not whole or another household's. */
  take(text: string): boolean {
    const other = parseTombstones(text, this.#keys);
    if (other.damaged) return false;
    transact(this.#db, 'write', () => {
      const now = this.#whole();
      const { tombstones, endings } = beyond(other, now);
      if (tombstones.length + endings.length > 0)
        this.#write({ tombstones: [...now.tombstones, ...tombstones], endings: [...now.endings, ...endings] });
    });
    return true;
  }

  /** What can be believed of the file, and then what only control.db has. */
  #whole(): Graves {
    const file = this.#inFile();
    const { tombstones, endings } = this.#missingIn(file);
    return { tombstones: [...file.tombstones, ...tombstones], endings: [...file.endings, ...endings] };
  }

  #wasMade(): boolean {
    return this.#db.prepare('SELECT 1 FROM facts WHERE key = ?').get(FILE_MADE) !== undefined;
  }

  /** What control.db has and the file lacks. */
  #missingIn(file: Graves): Graves & { readonly count: number } {
    const { tombstones, endings } = beyond({ tombstones: this.#all(), endings: this.#stored() }, file);
    return { tombstones, endings, count: tombstones.length + endings.length };
  }

  #all(): Tombstone[] {
    return this.#db
      .prepare('SELECT person, tenant, at, reference FROM tombstones ORDER BY at, tenant')
      .all() as Tombstone[];
  }

  #stored(): Ending[] {
    return this.#db.prepare('SELECT kind, tenant, source, at FROM endings ORDER BY at, source').all() as Ending[];
  }

  #store(endings: readonly Ending[]): void {
    const add = this.#db.prepare('INSERT OR IGNORE INTO endings (kind, tenant, source, at) VALUES (?, ?, ?, ?)');
    for (const { kind, tenant, source, at } of endings) add.run(kind, tenant, source, at);
  }

  #inFile() {
    return readTombstones(this.#path, this.#keys);
  }

  #write(graves: Graves): void {
    writeTombstones(this.#path, graves, this.#keys);
  }
}

/** What the first has and the second lacks. */
function beyond(one: Graves, other: Graves): Graves {
  const [tenants, names] = [new Set(other.tombstones.map(({ tenant }) => tenant)), new Set(other.endings.map(nameOf))];
  return {
    tombstones: one.tombstones.filter(({ tenant }) => !tenants.has(tenant)),
    endings: one.endings.filter((ending) => !names.has(nameOf(ending))),
  };
}

function nameOf({ kind, source }: Ending): string {
  return `${kind} ${source}`;
}
