import Database from 'better-sqlite3';
import { execa } from 'execa';
import { AppError } from '../../core/errors.ts';
import { PgRestore } from '../backup/homeserver/pg-restore.ts';
import type { PostgresAddress } from '../backup/homeserver/postgres-address.ts';
import { ONE_TIME_KEYS } from '../backup/homeserver/postgres-dump.ts';
import { checkSqlite } from '../backup/homeserver/sqlite-check.ts';
import { moveAheadInSqlite } from './stream-positions.ts';

/** Makes the homeserver's restored SQLite file ready: checks it, takes what must not come back out of it, moves its positions ahead, and folds its log into it. Throws AppError as `checkSqlite`. */
export function readySqlite(path: string): void {
  checkSqlite(path);
  const db = new Database(path, { fileMustExist: true });
  try {
    const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(ONE_TIME_KEYS);
    if (isThere !== undefined) db.exec(`DELETE FROM ${ONE_TIME_KEYS}`);
    moveAheadInSqlite(db);
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

const COUNT = `SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'`;

/** Whether a database holds nothing. Throws AppError `unavailable` (reason `homeserver-database`) when it cannot be asked. */
export async function isEmptyPostgres(address: PostgresAddress): Promise<boolean> {
  const { failed, stdout } = await execa('psql', ['--no-psqlrc', '--tuples-only', '--no-align', '--command', COUNT], {
    ...{ env: { ...address }, stdin: 'ignore', reject: false },
  });
  if (failed) {
    throw new AppError('unavailable', "the homeserver's database cannot be reached", {
      reason: 'homeserver-database',
      hint: 'Is PostgreSQL running, is psql installed, and is what homeserver.connectionFile names there? Create it empty, with the same name and owner, encoding UTF8 and collation C.',
    });
  }
  return stdout.trim() === '0';
}

/** The error of a database that a dump must not go into. */
export function databaseNotEmpty(): AppError {
  return new AppError('conflict', "the homeserver's database is not empty, and a restore writes over nothing", {
    reason: 'restore-target',
    hint: 'Rename it (ALTER DATABASE ... RENAME TO ...), create an empty one with the same name, owner, encoding UTF8 and collation C, and try again. Nothing was changed.',
  });
}

/** Feeds a dump to `pg_restore`, which takes all of it or nothing. `end` throws AppError `unavailable` (reason `homeserver-database`). */
export function fillingPostgres(address: PostgresAddress, signal: AbortSignal): PgRestore {
  const args = ['--no-owner', '--single-transaction', '--exit-on-error', `--dbname=${address.PGDATABASE ?? ''}`];
  return new PgRestore({ args, env: address, signal, failure: dumpNotTaken });
}

function dumpNotTaken(exitCode: number | undefined): AppError {
  return new AppError(
    'unavailable',
    `the homeserver's database did not take the dump (pg_restore: ${exitCode ?? 'not there'})`,
    {
      reason: 'homeserver-database',
      hint: 'Is pg_restore at least as new as the server the dump came from, and does the user own the database? It is as empty as before.',
    },
  );
}
