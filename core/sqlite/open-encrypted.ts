import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { KEY_BYTES } from '../keys/derive.ts';
import { storageFault } from '../keys/storage-fault.ts';
import { wipe } from '../keys/wipe.ts';
import { sqliteFault, storeMissing } from './sqlite-fault.ts';

const BUSY_MILLISECONDS = 5_000;
// A family's stores stay open together; SQLite's default of 16 MB of cache for each would be most of our memory.
const CACHE_KIB = 4_096;
const WAL_BYTES_KEPT = 8_388_608;

// Missing in @types/better-sqlite3: the cipher build takes the key as bytes, so it never becomes a string that cannot be wiped.
interface WithKey {
  key(key: Buffer): number;
  rekey(key: Buffer): number;
}

/**
 * Opens (or makes) an encrypted SQLite file: cipher aegis, raw 32-byte key, WAL with synchronous=FULL, foreign keys,
 * freed pages overwritten, nothing temporary on the disk, mode 600. The key is copied; the caller wipes its own.
 * With `mustExist` a missing or empty file is an error instead of a new store.
 * Throws AppError `unavailable`: reason `store-unreadable` (wrong key or damage), `store-missing`, `state-dir`, `disk-full`.
 */
export function openEncrypted(path: string, key: Uint8Array, options: { mustExist?: boolean } = {}): Database.Database {
  if (key.length !== KEY_BYTES) throw new Error(`a store key has ${KEY_BYTES} bytes, not ${key.length}`);
  let db: Database.Database | undefined;
  try {
    claimFile(path, options.mustExist ?? false);
    // Whoever removes it right now must not find a new one in its place.
    db = new Database(path, { timeout: BUSY_MILLISECONDS, fileMustExist: true });
    applyKey(db, key);
    // The first read: a wrong key or a damaged first page shows here.
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    applySettings(db);
    return db;
  } catch (thrown) {
    db?.close();
    throw storageFault(sqliteFault(thrown, path), dirname(path));
  }
}

/**
 * Moves everything from the write-ahead log into the file and empties the log. False when that cannot be done now (another
 * reader, a full disk): what was committed is safe either way, and closing the file tries again. With `atOnce` it does not
 * wait for readers to end, for those who come back to it.
 */
export function emptyLog(db: Database.Database, { atOnce = false } = {}): boolean {
  try {
    if (atOnce) db.pragma('busy_timeout = 0');
    const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return result?.busy === 0;
  } catch {
    return false;
  } finally {
    if (atOnce) db.pragma(`busy_timeout = ${BUSY_MILLISECONDS}`);
  }
}

/**
 * Encrypts a file in place under another key, for copies that nobody else has open and that are thrown away when this is
 * cut off: nothing of it is written twice. Throws as `openEncrypted` does.
 */
export function rekey(path: string, from: Uint8Array, to: Uint8Array): void {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { timeout: BUSY_MILLISECONDS, fileMustExist: true });
    applyKey(db, from);
    db.pragma('journal_mode = OFF');
    db.pragma('synchronous = OFF');
    const hex = rawKey(to);
    const result = (db as unknown as WithKey).rekey(hex);
    wipe(hex);
    if (result !== 0) throw new Error(`the cipher refused the new key (${result})`);
  } catch (thrown) {
    throw storageFault(sqliteFault(thrown, path), dirname(path));
  } finally {
    db?.close();
  }
}

// SQLite gives its log and shared-memory files the mode of the main file, so that one has to be right first.
function claimFile(path: string, mustExist: boolean): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (mustExist && (found === undefined || found.size === 0)) throw storeMissing(path);
  if (found === undefined) closeSync(openSync(path, 'a', 0o600));
  else if ((found.mode & 0o077) !== 0) chmodSync(path, 0o600);
}

function applyKey(db: Database.Database, key: Uint8Array): void {
  db.pragma("cipher = 'aegis'");
  const hex = rawKey(key);
  const result = (db as unknown as WithKey).key(hex);
  wipe(hex);
  if (result !== 0) throw new Error(`the cipher refused the key (${result})`);
}

/** A key in the form that the cipher takes as it is; to be wiped. */
function rawKey(key: Uint8Array): Buffer {
  const hex = Buffer.alloc(3 + 2 * key.length);
  hex.write("x'", 'latin1');
  key.forEach((byte, index) => {
    hex[2 + 2 * index] = hexDigit(byte >> 4);
    hex[3 + 2 * index] = hexDigit(byte & 15);
  });
  hex.write("'", hex.length - 1, 'latin1');
  return hex;
}

function hexDigit(value: number): number {
  return value < 10 ? 48 + value : 87 + value;
}

function applySettings(db: Database.Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('secure_delete = ON');
  db.pragma('temp_store = MEMORY');
  db.pragma(`cache_size = -${CACHE_KIB}`);
  db.pragma(`journal_size_limit = ${WAL_BYTES_KEPT}`);
  // Refuses functions with side effects in views, triggers and defaults of a file that somebody tampered with.
  db.pragma('trusted_schema = OFF');
}
