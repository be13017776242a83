import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { storageFault } from '../keys/storage-fault.ts';
import { sqliteFault } from './sqlite-fault.ts';

// A lock that nobody refers to any more would be collected, and with it silently given up.
const held = new Set<Database.Database>();

/**
 * Holds an operating-system lock on a file (made when missing, never holding anything) until it is disposed or the
 * process dies, by SIGKILL too: the lock is SQLite's own file lock, so nothing stale can be left behind.
 * Throws AppError `conflict` (reason `already-running`) when another process holds it, or `unavailable` (`state-dir`).
 */
export function holdLock(path: string): Disposable {
  let db: Database.Database | undefined;
  try {
    // By looking only: opening and closing the file ourselves would give up a lock that this process holds on it (fcntl).
    statSync(dirname(path));
    db = new Database(path, { timeout: 0 });
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (thrown) {
    db?.close();
    throw isBusy(thrown) ? alreadyRunning(thrown) : storageFault(sqliteFault(thrown, path), dirname(path));
  }
  return keep(db);
}

function keep(db: Database.Database): Disposable {
  held.add(db);
  return {
    [Symbol.dispose]() {
      held.delete(db);
      db.close();
    },
  };
}

function isBusy(thrown: unknown): boolean {
  return String((thrown as { code?: unknown }).code).startsWith('SQLITE_BUSY');
}

function alreadyRunning(cause: unknown): AppError {
  return new AppError('conflict', 'another process already works on this state folder', {
    reason: 'already-running',
    hint: 'Stop the other one first; two at once would answer everything twice.',
    cause,
  });
}
