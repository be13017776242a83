import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyLog, openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { transact } from '../../../core/sqlite/transact.ts';
import { temporaryFolder } from './temporary-state.ts';

const key = randomBytes(32);
const SECRET = 'Steuerbescheid der Familie';
let place: ReturnType<typeof temporaryFolder>;
let path: string;

beforeEach(() => {
  place = temporaryFolder();
  path = join(place.folder, 'store.db');
});
afterEach(() => place.remove());

function fill(): void {
  const db = openEncrypted(path, key);
  db.exec('CREATE TABLE notes (text TEXT)');
  db.prepare('INSERT INTO notes VALUES (?)').run(SECRET);
  db.close();
}

function failure(fn: () => unknown): unknown {
  try {
    fn();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

test('what is stored comes back with the key and is not on the disk in clear', () => {
  fill();
  const db = openEncrypted(path, key);
  expect(db.prepare('SELECT text FROM notes').pluck().get()).toBe(SECRET);
  db.close();
  expect(readFileSync(path).includes(SECRET)).toBe(false);
  expect(readFileSync(path).includes('SQLite format')).toBe(false);
});

test('its settings keep what is written, let nothing stay and trust no foreign schema', () => {
  const db = openEncrypted(path, key);
  const setting = (name: string) => db.pragma(name, { simple: true });
  expect(setting('journal_mode')).toBe('wal');
  // FULL, on, on, memory, off: https://www.sqlite.org/pragma.html
  const names = ['synchronous', 'foreign_keys', 'secure_delete', 'temp_store', 'trusted_schema'];
  expect(names.map(setting)).toEqual([2, 1, 1, 2, 0]);
  db.close();
});

test('the raw key is the one that other programs give as x-quoted hex', () => {
  fill();
  const db = new Database(path);
  db.pragma("cipher = 'aegis'");
  db.pragma(`key = "x'${key.toString('hex')}'"`);
  expect(db.prepare('SELECT text FROM notes').pluck().get()).toBe(SECRET);
  db.close();
});

test('the settings that durability and forgetting rest on are in force', () => {
  const db = openEncrypted(path, key);
  const setting = (name: string) => db.pragma(name, { simple: true });
  expect(setting('journal_mode')).toBe('wal');
  expect(setting('synchronous')).toBe(2);
  expect(setting('foreign_keys')).toBe(1);
  expect(setting('secure_delete')).toBe(1);
  expect(setting('temp_store')).toBe(2);
  expect(setting('busy_timeout')).toBeGreaterThan(0);
  db.close();
});

test('the file and its companions are for their owner only, also when the file was open to others', () => {
  fill();
  chmodSync(path, 0o644);
  const db = openEncrypted(path, key);
  db.prepare('INSERT INTO notes VALUES (?)').run('more');
  for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777, suffix).toBe(0o600);
  db.close();
});

test('a wrong key is refused and changes nothing', () => {
  fill();
  const before = readFileSync(path);
  expect(failure(() => openEncrypted(path, randomBytes(32)))).toMatchObject({
    code: 'unavailable',
    reason: 'store-unreadable',
  });
  expect(readFileSync(path)).toEqual(before);
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test('a key of another length is refused', () => {
  expect(failure(() => openEncrypted(path, randomBytes(16)))).toBeInstanceOf(Error);
  expect(existsSync(path)).toBe(false);
});

// Bytes 16 to 23 (page size and the like) are in clear in every file of this cipher library, and not covered.
test('a changed byte anywhere in a page is noticed', () => {
  fill();
  const whole = readFileSync(path);
  for (const place of [30, 700, 4_000, 4_100, 5_000, whole.length - 1]) {
    const changed = Buffer.from(whole);
    changed[place]! ^= 1;
    writeFileSync(path, changed);
    const fault = failure(() => {
      const db = openEncrypted(path, key);
      try {
        transact(db, 'read', () => db.prepare('SELECT text FROM notes').all());
      } finally {
        db.close();
      }
    });
    expect(fault, `byte ${place}`).toMatchObject({ code: 'unavailable', reason: 'store-unreadable' });
  }
});

test('a store that must exist is not made anew when it is missing or emptied', () => {
  const missing = { code: 'unavailable', reason: 'store-missing' };
  expect(failure(() => openEncrypted(path, key, { mustExist: true }))).toMatchObject(missing);
  fill();
  truncateSync(path, 0);
  expect(failure(() => openEncrypted(path, key, { mustExist: true }))).toMatchObject(missing);
  expect(statSync(path).size).toBe(0);
});

test('a folder that is missing or is a file is named as the state folder', () => {
  writeFileSync(join(place.folder, 'file'), 'x');
  for (const inside of ['absent', 'file']) {
    expect(failure(() => openEncrypted(join(place.folder, inside, 'store.db'), key))).toMatchObject({
      code: 'unavailable',
      reason: 'state-dir',
    });
  }
});

test('a full disk is named, and the transaction that met it left nothing', () => {
  fill();
  const db = openEncrypted(path, key);
  // SQLite reports the limit exactly as it reports a full disk: SQLITE_FULL.
  db.pragma('max_page_count = 4');
  const fault = failure(() =>
    transact(db, 'write', () => {
      const insert = db.prepare('INSERT INTO notes VALUES (?)');
      for (let row = 0; row < 100; row++) insert.run('x'.repeat(3_000));
    }),
  );
  expect(fault).toMatchObject({ code: 'unavailable', reason: 'disk-full' });
  expect(db.prepare('SELECT count(*) FROM notes').pluck().get()).toBe(1);
  db.close();
});

test('an emptied log holds nothing, and a reader that needs it is not disturbed', () => {
  fill();
  const db = openEncrypted(path, key);
  const reader = openEncrypted(path, key);
  reader.exec('BEGIN');
  expect(reader.prepare('SELECT count(*) FROM notes').pluck().get()).toBe(1);
  db.pragma('busy_timeout = 0');
  db.prepare('INSERT INTO notes VALUES (?)').run('more');
  expect(emptyLog(db)).toBe(false);
  expect(reader.prepare('SELECT count(*) FROM notes').pluck().get()).toBe(1);
  reader.exec('COMMIT');
  expect(emptyLog(db)).toBe(true);
  expect(statSync(`${path}-wal`).size).toBe(0);
  reader.close();
  db.close();
});
