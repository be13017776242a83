import 'fake-indexeddb/auto';
import { deserialize, serialize } from 'node:v8';
import type { Database } from 'better-sqlite3';
import FDBCursor from 'fake-indexeddb/lib/FDBCursor';
import FDBDatabase from 'fake-indexeddb/lib/FDBDatabase';
import FDBObjectStore from 'fake-indexeddb/lib/FDBObjectStore';
import { checkpoint } from './checkpoint.ts';

/** What a transaction touched in one object store: single keys, key ranges, or everything. */
interface Touched {
  readonly requests: IDBRequest[];
  readonly keys: IDBValidKey[];
  readonly ranges: IDBKeyRange[];
  cleared: boolean;
}

/** The in-memory side of an object store, as fake-indexeddb keeps it (version pinned by a test). */
interface RawStore {
  readonly name: string;
  readonly keyPath: string | string[] | null;
  readonly autoIncrement: boolean;
  readonly rawIndexes: ReadonlyMap<
    string,
    { name: string; keyPath: string | string[]; unique: boolean; multiEntry: boolean }
  >;
  getValue(key: IDBValidKey): unknown;
  getAllKeys(): IDBValidKey[];
}

interface RawDatabase {
  readonly name: string;
  readonly version: number;
  readonly rawObjectStores: ReadonlyMap<string, RawStore>;
}

type StoreShape = Pick<RawStore, 'name' | 'keyPath' | 'autoIncrement'> & {
  indexes: { name: string; keyPath: string | string[]; unique: boolean; multiEntry: boolean }[];
};

const touchedBy = new WeakMap<IDBTransaction, Map<string, Touched>>();
let current: DurableIndexedDb | undefined;
let patched = false;

/**
 * Makes the IndexedDB that the crypto library writes to durable. fake-indexeddb keeps the data in memory; every
 * transaction that changed something is written to bot.db in one SQLite transaction, inside a `complete` listener that
 * is registered when the transaction is made and so runs before the library learns that its write is done. A failed
 * write (full disk) ends the process: going on would hand out keys that a restart does not know.
 */
export class DurableIndexedDb {
  #db: Database;
  #onFailure: (error: unknown) => void;
  #replaying = false;

  private constructor(db: Database, onFailure: (error: unknown) => void) {
    this.#db = db;
    this.#onFailure = onFailure;
  }

  /** Loads what bot.db holds into memory and starts recording. One at a time per process, like the store itself. */
  static async open(db: Database, onFailure: (error: unknown) => void): Promise<DurableIndexedDb> {
    if (current) throw new Error('the crypto store is open already');
    patchFakeIndexedDb();
    const durable = new DurableIndexedDb(db, onFailure);
    current = durable;
    durable.#replaying = true;
    try {
      await durable.#replay();
    } finally {
      durable.#replaying = false;
    }
    return durable;
  }

  /**
   * Stops recording and forgets the in-memory copy. The crypto machine must be closed before. The databases are left
   * behind with their factory: deleting them would wait for connections that the library keeps open until its objects
   * are collected.
   */
  close(): void {
    current = undefined;
    globalThis.indexedDB = Reflect.construct(indexedDB.constructor, []) as IDBFactory;
  }

  /** Called for every new transaction; watches those that can change something. */
  watch(transaction: IDBTransaction): void {
    if (this.#replaying || transaction.mode === 'readonly') return;
    transaction.addEventListener('complete', () => {
      try {
        this.#flush(transaction);
      } catch (error) {
        this.#onFailure(error);
      }
    });
  }

  #flush(transaction: IDBTransaction): void {
    checkpoint('crypto-flushing');
    const raw = rawOf(transaction.db);
    if (transaction.mode === 'versionchange') {
      this.#db.transaction(() => this.#saveEverything(raw))();
      return;
    }
    const touched = touchedBy.get(transaction);
    if (!touched) return;
    this.#db.transaction(() => {
      for (const [store, what] of touched) this.#saveTouched(raw, store, what);
    })();
  }

  #saveTouched(raw: RawDatabase, storeName: string, touched: Touched): void {
    const store = raw.rawObjectStores.get(storeName);
    if (!store) return;
    if (touched.cleared || touched.ranges.length > 0) {
      // Ranges are rare and stores small: rewriting the store is simpler than order-preserving keys in SQL.
      this.#db.prepare('DELETE FROM crypto_records WHERE name = ? AND store = ?').run(raw.name, storeName);
      for (const key of store.getAllKeys()) this.#saveKey(raw, store, key);
      return;
    }
    for (const key of touched.keys) this.#saveKey(raw, store, key);
    for (const request of touched.requests) {
      if (!request.error) this.#saveKey(raw, store, request.result as IDBValidKey);
    }
  }

  #saveKey(raw: RawDatabase, store: RawStore, key: IDBValidKey): void {
    const value = store.getValue(key);
    if (value === undefined) {
      this.#db
        .prepare('DELETE FROM crypto_records WHERE name = ? AND store = ? AND key = ?')
        .run(raw.name, store.name, encodeKey(key));
      return;
    }
    this.#db
      .prepare(
        'INSERT INTO crypto_records (name, store, key, value) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      )
      .run(raw.name, store.name, encodeKey(key), serialize(value));
  }

  #saveEverything(raw: RawDatabase): void {
    const shapes: StoreShape[] = [...raw.rawObjectStores.values()].map((store) => ({
      name: store.name,
      keyPath: store.keyPath,
      autoIncrement: store.autoIncrement,
      indexes: [...store.rawIndexes.values()].map(({ name, keyPath, unique, multiEntry }) => ({
        name,
        keyPath,
        unique,
        multiEntry,
      })),
    }));
    this.#db
      .prepare(
        'INSERT INTO crypto_databases (name, version, stores) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET version = excluded.version, stores = excluded.stores',
      )
      .run(raw.name, raw.version, JSON.stringify(shapes));
    this.#db.prepare('DELETE FROM crypto_records WHERE name = ?').run(raw.name);
    for (const store of raw.rawObjectStores.values()) {
      for (const key of store.getAllKeys()) this.#saveKey(raw, store, key);
    }
  }

  async #replay(): Promise<void> {
    const databases = this.#db.prepare('SELECT name, version, stores FROM crypto_databases').all() as {
      name: string;
      version: number;
      stores: string;
    }[];
    for (const { name, version, stores } of databases) {
      const open = indexedDB.open(name, version);
      open.onupgradeneeded = () => {
        for (const shape of JSON.parse(stores) as StoreShape[]) this.#fillStore(open.result, name, shape);
      };
      (await settled(open)).close();
    }
  }

  #fillStore(database: IDBDatabase, name: string, shape: StoreShape): void {
    const store = database.createObjectStore(shape.name, {
      keyPath: shape.keyPath,
      autoIncrement: shape.autoIncrement,
    });
    for (const index of shape.indexes) {
      store.createIndex(index.name, index.keyPath, { unique: index.unique, multiEntry: index.multiEntry });
    }
    const rows = this.#db
      .prepare('SELECT key, value FROM crypto_records WHERE name = ? AND store = ?')
      .all(name, shape.name);
    for (const row of rows as { key: string; value: Buffer }[]) {
      const value: unknown = deserialize(row.value);
      if (shape.keyPath === null) store.put(value, decodeKey(row.key));
      else store.put(value);
    }
  }
}

function rawOf(database: IDBDatabase): RawDatabase {
  return (database as unknown as { _rawDatabase: RawDatabase })._rawDatabase;
}

function touchedIn(store: IDBObjectStore): Touched | undefined {
  if (!current || store.transaction.mode === 'readonly') return undefined;
  let stores = touchedBy.get(store.transaction);
  if (!stores) {
    stores = new Map();
    touchedBy.set(store.transaction, stores);
  }
  let touched = stores.get(store.name);
  if (!touched) {
    touched = { requests: [], keys: [], ranges: [], cleared: false };
    stores.set(store.name, touched);
  }
  return touched;
}

type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

/** Replaces a method by one that calls `note` with the object, the arguments and the result. */
function wrap(owner: object, name: string, note: (self: unknown, args: unknown[], result: unknown) => void): void {
  const methods = owner as Record<string, AnyMethod>;
  const original = methods[name]!;
  methods[name] = function wrapped(this: unknown, ...args: unknown[]): unknown {
    const result = original.apply(this, args);
    note(this, args, result);
    return result;
  };
}

/** Once per process: notes writes at the public methods of the object store, cursor and database. */
function patchFakeIndexedDb(): void {
  if (patched) return;
  patched = true;
  const store = FDBObjectStore.prototype;
  for (const write of ['put', 'add']) {
    wrap(store, write, (self, _args, request) =>
      touchedIn(self as IDBObjectStore)?.requests.push(request as IDBRequest),
    );
  }
  wrap(store, 'delete', (self, [key]) => {
    const touched = touchedIn(self as IDBObjectStore);
    if (key instanceof IDBKeyRange) touched?.ranges.push(key);
    else touched?.keys.push(key as IDBValidKey);
  });
  wrap(store, 'clear', (self) => {
    const touched = touchedIn(self as IDBObjectStore);
    if (touched) touched.cleared = true;
  });
  const cursor = FDBCursor.prototype;
  for (const write of ['update', 'delete']) {
    wrap(cursor, write, (self) => {
      const { source, primaryKey } = self as IDBCursor;
      const objectStore = 'objectStore' in source ? source.objectStore : source;
      touchedIn(objectStore)?.keys.push(primaryKey);
    });
  }
  wrap(FDBDatabase.prototype, 'transaction', (_self, _args, transaction) => {
    current?.watch(transaction as IDBTransaction);
  });
  watchVersionChanges();
}

/** Version changes make their transaction inside `open`, so they are seen at `upgradeneeded`, before anyone else's listener. */
function watchVersionChanges(): void {
  const factory = Object.getPrototypeOf(indexedDB) as object;
  wrap(factory, 'open', (_self, _args, request) => {
    const open = request as IDBOpenDBRequest;
    open.addEventListener('upgradeneeded', () => {
      if (open.transaction) current?.watch(open.transaction);
    });
  });
}

/** Keys as text that sorts nowhere but compares exactly: JSON, with bytes marked. */
function encodeKey(key: unknown): string {
  return JSON.stringify(key, (_name, value: unknown) => {
    if (value instanceof ArrayBuffer) return { bytes: Buffer.from(value).toString('base64') };
    if (ArrayBuffer.isView(value))
      return { bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
    return value;
  });
}

function decodeKey(text: string): IDBValidKey {
  return JSON.parse(text, (_name, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'bytes' in value)
      return new Uint8Array(Buffer.from(String(value.bytes), 'base64')).buffer;
    return value;
  }) as IDBValidKey;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
