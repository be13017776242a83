import { readFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DurableIndexedDb } from '../../../bot/matrix/durable-indexeddb.ts';
import { eventually } from '../eventually.ts';
import { randomStream, testSeed } from '../random.ts';
import { openBotDb, temporaryBotDb } from './bot-db.ts';

let place: ReturnType<typeof temporaryBotDb>;
let durable: DurableIndexedDb;
let failures: unknown[];

beforeEach(async () => {
  place = temporaryBotDb();
  failures = [];
  durable = await DurableIndexedDb.open(place.db, (error) => void failures.push(error));
});
afterEach(() => {
  durable.close();
  place.remove();
});

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
  });
}
async function openDatabase(version = 1): Promise<IDBDatabase> {
  const request = indexedDB.open('keys', version);
  request.onupgradeneeded = ({ oldVersion }) => {
    if (oldVersion < 1) {
      request.result.createObjectStore('plain');
      request.result.createObjectStore('inline', { keyPath: 'id' }).createIndex('by color', 'color', { unique: false });
      request.result.createObjectStore('counted', { autoIncrement: true });
    }
    if (oldVersion < 2 && version >= 2) request.result.createObjectStore('more');
  };
  return settled(request);
}
/** Everything in the database, as a test can compare it. */
async function contents(database: IDBDatabase): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const name of database.objectStoreNames) {
    const store = database.transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    all[name] = keys.map((key, at) => [key, values[at]]);
  }
  return all;
}
/** As after a kill: whatever memory holds is forgotten, bot.db is opened anew. */
async function restarted(): Promise<void> {
  durable.close();
  place.db.close();
  place.db = openBotDb(place.folder);
  durable = await DurableIndexedDb.open(place.db, (error) => void failures.push(error));
}
async function expectTheSameAfterRestart(database: IDBDatabase, version = 1): Promise<void> {
  const before = await contents(database);
  await restarted();
  expect(await contents(await openDatabase(version))).toEqual(before);
  expect(failures).toEqual([]);
}
const within = async (database: IDBDatabase, name: string, work: (store: IDBObjectStore) => void): Promise<void> => {
  const transaction = database.transaction(name, 'readwrite');
  work(transaction.objectStore(name));
  await completed(transaction);
};

test('what a transaction wrote is there after a restart: keys of every kind, values of every kind', async () => {
  const database = await openDatabase();
  const bytes = Uint8Array.from({ length: 300 }, (_, at) => at % 256);
  await within(database, 'plain', (store) => {
    store.put(
      { bytes, nested: [1, 'ü', null, undefined, 1.5, true, new Date(5), new Map([['a', bytes]])] },
      'text key',
    );
    store.put('by number', 42);
    store.put('by list', ['a', 1, 'b']);
    store.put('by bytes', bytes.buffer.slice(0, 20));
    store.add('', '');
  });
  await within(database, 'inline', (store) => store.put({ id: 'x', color: 'red' }));
  await within(database, 'counted', (store) => void [store.add('one'), store.add('two')]);
  await expectTheSameAfterRestart(database);
  const again = await openDatabase();
  expect(await settled(again.transaction('inline').objectStore('inline').index('by color').get('red'))).toEqual({
    id: 'x',
    color: 'red',
  });
  expect(await settled(again.transaction('counted', 'readwrite').objectStore('counted').add('three'))).toBe(3);
});

test('removals of every kind are there as well', async () => {
  const database = await openDatabase();
  const fill = (store: IDBObjectStore) => {
    for (let at = 0; at < 20; at += 1) store.put(`value ${at}`, at);
  };
  await within(database, 'plain', fill);
  await within(database, 'plain', (store) => void store.delete(3));
  await within(database, 'plain', (store) => void store.delete(IDBKeyRange.bound(5, 8)));
  await within(database, 'plain', (store) => {
    store.openCursor(IDBKeyRange.only(10)).onsuccess = ({ target }) =>
      void (target as IDBRequest<IDBCursorWithValue>).result?.delete();
    store.openCursor(IDBKeyRange.only(11)).onsuccess = ({ target }) =>
      void (target as IDBRequest<IDBCursorWithValue>).result?.update('changed');
  });
  await within(database, 'plain', (store) => void [store.put('put and gone', 'k'), store.delete('k')]);
  expect(await settled(database.transaction('plain').objectStore('plain').count())).toBe(14);
  await expectTheSameAfterRestart(database);
  const again = await openDatabase();
  await within(again, 'plain', (store) => void [store.clear(), store.put('only', 'one')]);
  await expectTheSameAfterRestart(again);
});

test('an aborted transaction leaves nothing', async () => {
  const database = await openDatabase();
  await within(database, 'plain', (store) => void store.put('kept', 'a'));
  const transaction = database.transaction('plain', 'readwrite');
  transaction.objectStore('plain').put('lost', 'a');
  transaction.objectStore('plain').put('lost', 'b');
  const end = completed(transaction).catch(() => 'aborted');
  transaction.abort();
  expect(await end).toBe('aborted');
  await expectTheSameAfterRestart(database);
});

test('a new version of the layout is there after a restart', async () => {
  const first = await openDatabase();
  await within(first, 'plain', (store) => void store.put('kept', 'a'));
  first.close();
  const second = await openDatabase(2);
  await within(second, 'more', (store) => void store.put('new', 'b'));
  await expectTheSameAfterRestart(second, 2);
  expect([...(await openDatabase(2)).objectStoreNames].sort()).toEqual(['counted', 'inline', 'more', 'plain']);
});

test('the write is in bot.db before the writer hears that it is done', async () => {
  const database = await openDatabase();
  const rows = () => place.db.prepare('SELECT count(*) FROM crypto_records').pluck().get();
  const heard: unknown[] = [];
  const transaction = database.transaction('plain', 'readwrite');
  transaction.addEventListener('complete', () => heard.push(rows()));
  transaction.oncomplete = () => heard.push(rows());
  transaction.objectStore('plain').put('x', 'a');
  await eventually(() => heard).toEqual([1, 1]);
});

test('one transaction is written whole or not at all, and a failing write is reported before the writer hears anything', async () => {
  const database = await openDatabase();
  place.db.exec(
    "CREATE TRIGGER full BEFORE INSERT ON crypto_records WHEN NEW.key = '\"b\"' BEGIN SELECT raise(FAIL, 'disk full'); END",
  );
  const transaction = database.transaction('plain', 'readwrite');
  transaction.objectStore('plain').put('x', 'a');
  transaction.objectStore('plain').put('x', 'b');
  const reported: number[] = [];
  transaction.addEventListener('complete', () => reported.push(failures.length));
  await completed(transaction);
  expect(reported).toEqual([1]);
  expect(String(failures[0])).toContain('disk full');
  expect(place.db.prepare('SELECT count(*) FROM crypto_records').pluck().get()).toBe(0);
});

test('a store is open once at a time', async () => {
  await expect(DurableIndexedDb.open(place.db, () => {})).rejects.toThrow('open already');
});

test('the IndexedDB whose insides are read is the version that was tried', () => {
  const manifest = new URL('../../../node_modules/fake-indexeddb/package.json', import.meta.url);
  expect((JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version).toMatch(/^6\.2\./);
});

const seed = testSeed();
test(`after any mix of writes, removals and restarts bot.db holds what memory held (seed ${seed})`, async () => {
  const random = randomStream(seed);
  let database = await openDatabase();
  const key = () => Math.floor(random() * 12);
  const act = (store: IDBObjectStore) => {
    const what = random();
    if (what < 0.5) store.put({ value: random(), bytes: new Uint8Array(5) }, key());
    else if (what < 0.7) store.delete(key());
    else if (what < 0.8) store.delete(IDBKeyRange.bound(3, 3 + Math.floor(random() * 4)));
    else if (what < 0.83) store.clear();
    else {
      store.openCursor().onsuccess = ({ target }) => {
        const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
        if (cursor) cursor.update('touched');
      };
    }
  };
  for (let round = 0; round < 150; round += 1) {
    const transaction = database.transaction('plain', 'readwrite');
    const end = completed(transaction).catch(() => undefined);
    for (let at = 0; at < 1 + random() * 4; at += 1) act(transaction.objectStore('plain'));
    if (random() < 0.1) transaction.abort();
    await end;
    if (random() < 0.1) {
      await expectTheSameAfterRestart(database);
      database = await openDatabase();
    }
  }
  await expectTheSameAfterRestart(database);
});

test('nothing of it lies readable on the disk', async () => {
  const database = await openDatabase();
  await within(database, 'plain', (store) => void store.put('a very secret ratchet', 'a'));
  const db: Database = place.db;
  db.pragma('wal_checkpoint(TRUNCATE)');
  expect(readFileSync(`${place.folder}/bot.db`).includes('a very secret ratchet')).toBe(false);
});
