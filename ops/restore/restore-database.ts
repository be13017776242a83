import { once } from 'node:events';
import Database from 'better-sqlite3';
import { execa } from 'execa';
import { AppError } from '../../core/errors.ts';
import type { PostgresAddress } from '../backup/homeserver/postgres-dump.ts';
import { checkSqlite } from '../backup/homeserver/sqlite-check.ts';

/** Keys that were handed out once must not be handed out again (Synapse, "Backups"); clients upload new ones by themselves. */
const ONE_TIME_KEYS = 'e2e_one_time_keys_json';

/** Checks the homeserver's restored SQLite file, takes what must not come back out of it, and folds its log into it. Throws AppError as `checkSqlite`. */
export function cleanSqlite(path: string): void {
  checkSqlite(path);
  const db = new Database(path, { fileMustExist: true });
  try {
    const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(ONE_TIME_KEYS);
    if (isThere !== undefined) db.exec(`DELETE FROM ${ONE_TIME_KEYS}`);
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

/** Feeds the pieces of a dump to `pg_restore`, which takes all of it or nothing. */
export class FillingPostgres {
  readonly #address: PostgresAddress;
  readonly #signal: AbortSignal;
  #running: ReturnType<typeof startFilling> | undefined;

  constructor(address: PostgresAddress, signal: AbortSignal) {
    this.#address = address;
    this.#signal = signal;
  }

  async feed(content: AsyncIterable<Uint8Array>): Promise<void> {
    this.#running ??= startFilling(this.#address, this.#signal);
    const { stdin } = this.#running;
    stdin.on('error', () => {});
    for await (const chunk of content) {
      if (!stdin.writable) continue;
      if (!stdin.write(chunk)) await Promise.race([once(stdin, 'drain'), once(stdin, 'close')]);
    }
  }

  /** Throws AppError `unavailable` (reason `homeserver-database`) when the database did not take it; it is as before then. */
  async end(): Promise<void> {
    if (this.#running === undefined) return;
    this.#running.stdin.end();
    const { failed, exitCode } = await this.#running;
    this.#signal.throwIfAborted();
    if (!failed) return;
    throw new AppError(
      'unavailable',
      `the homeserver's database did not take the dump (pg_restore: ${exitCode ?? 'not there'})`,
      {
        reason: 'homeserver-database',
        hint: 'Is pg_restore at least as new as the server the dump came from, and does the user own the database? It is as empty as before.',
      },
    );
  }

  /** Ends what is under way; harmless after `end`. */
  stop(): void {
    this.#running?.kill();
  }
}

function startFilling(address: PostgresAddress, signal: AbortSignal) {
  // What it complains of may quote rows of the homeserver: only its exit code is told.
  const args = ['--no-owner', '--single-transaction', '--exit-on-error', `--dbname=${address.PGDATABASE ?? ''}`];
  return execa('pg_restore', args, {
    env: { ...address },
    ...{ stdin: 'pipe', stdout: 'ignore', stderr: 'ignore', buffer: false, cancelSignal: signal, reject: false },
  } as const);
}
