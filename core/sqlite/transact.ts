import type Database from 'better-sqlite3';
import { sqliteFault } from './sqlite-fault.ts';

/**
 * Runs `fn` as one transaction: all of it happens, or (when anything throws, the disk is full, the process dies) nothing.
 * `write` takes the write lock at once, so that two processes queue instead of failing half way; `read` gives one view.
 * Storage faults come out as AppError (`sqliteFault`). Not to be nested on one connection.
 */
export function transact<T>(db: Database.Database, mode: 'read' | 'write', fn: () => T): T {
  try {
    db.exec(mode === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN');
    const result = fn();
    db.exec('COMMIT');
    return result;
  } catch (thrown) {
    // A full disk makes SQLite roll back by itself.
    if (db.inTransaction) db.exec('ROLLBACK');
    throw sqliteFault(thrown, db.name);
  }
}
