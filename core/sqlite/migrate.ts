import { basename } from 'node:path';
import type Database from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { sqliteFault } from './sqlite-fault.ts';
import { transact } from './transact.ts';

/**
 * One step of a schema: SQL text, or a function where stored data has to be made anew; it runs inside the step's
 * transaction. Its place in the list (from 1) is the version that it leads to; never change a released one.
 */
export type Migration = string | ((db: Database.Database) => void);

/**
 * Brings a database to the newest version of its list (PRAGMA user_version), one transaction per step, forward only.
 * Two processes may do it at once. Throws AppError `unavailable` (reason `store-newer`) for a database of a newer version.
 */
export function migrate(db: Database.Database, migrations: readonly Migration[]): void {
  for (let version = versionOf(db); version !== migrations.length; version = versionOf(db)) {
    if (version > migrations.length) throw newerVersion(db.name, version, migrations.length);
    transact(db, 'write', () => {
      // The other process may have been faster while this one waited for the lock.
      if (versionOf(db) !== version) return;
      const step = migrations[version]!;
      if (typeof step === 'string') db.exec(step);
      else step(db);
      db.pragma(`user_version = ${version + 1}`);
    });
  }
}

function versionOf(db: Database.Database): number {
  try {
    return db.pragma('user_version', { simple: true }) as number;
  } catch (thrown) {
    throw sqliteFault(thrown, db.name);
  }
}

function newerVersion(path: string, found: number, known: number): AppError {
  return new AppError('unavailable', `${basename(path)} has version ${found}, this program knows up to ${known}`, {
    reason: 'store-newer',
    hint: 'A newer Kinkeeper has used this state folder. Start that version again. Nothing was changed.',
    facts: { file: basename(path), found, known },
  });
}
