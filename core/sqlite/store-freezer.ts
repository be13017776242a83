import { closeSync, fstatSync, openSync, read as readHandle } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import type { FrozenFile } from '../backup/frozen-state.ts';
import { readInChunks } from '../backup/read-in-chunks.ts';
import { AppError } from '../errors.ts';
import { openEncrypted } from './open-encrypted.ts';
import { sqliteFault, storeUnreadable } from './sqlite-fault.ts';
import { FRAME_HEAD_BYTES, readWalIndex, WAL_HEAD_BYTES } from './wal-index.ts';

const read = promisify(readHandle);

interface Part {
  readonly suffix: '' | '-wal';
  readonly handle: number;
  readonly bytes: number;
}

/**
 * Freezes one SQLite file (in WAL mode) for reading while others go on writing: a read transaction keeps its pages and the
 * log up to that moment from being overwritten, so both can be copied as they lie on the disk, sealed as they are. Opened
 * from the copy, SQLite puts the two together again. For freeze-state.ts, in a process that opens these files in no other way
 * (see `closeFiles`).
 */
export class StoreFreezer {
  readonly #path: string;
  readonly #writer: Database.Database;
  /** Where the frozen state can be asked, too. */
  readonly reader: Database.Database;
  #parts: readonly Part[] = [];
  #index: number | undefined;

  /** `key` (32 bytes) of an encrypted file; without one it is a plain file of somebody else. Throws AppError as `openEncrypted`. */
  constructor(path: string, key?: Uint8Array) {
    this.#path = path;
    const open = () => (key ? openEncrypted(path, key, { mustExist: true }) : openPlain(path));
    this.#writer = open();
    try {
      // Whoever is busy with it is not waited for under the other locks.
      this.#writer.pragma('busy_timeout = 0');
      this.reader = open();
    } catch (thrown) {
      this.#writer.close();
      throw thrown;
    }
  }

  /** Keeps everybody from writing; false when somebody is writing right now. */
  tryLock(): boolean {
    try {
      this.#writer.exec('BEGIN IMMEDIATE');
      return true;
    } catch (thrown) {
      if (isBusy(thrown)) return false;
      throw sqliteFault(thrown, this.#path);
    }
  }

  /** Lets everybody write again. Harmless when it was not locked. */
  unlock(): void {
    if (this.#writer.inTransaction) this.#writer.exec('ROLLBACK');
  }

  /** Keeps what is there now. Only while locked. */
  pin(): void {
    this.reader.exec('BEGIN');
    this.reader.prepare('SELECT count(*) FROM sqlite_schema').get();
    this.#index = openSync(`${this.#path}-shm`, 'r');
    const index = readWalIndex(this.#index);
    if (index === undefined) throw storeUnreadable(this.#path);
    const { pageBytes, frames, writtenBack, pages } = index;
    const file = openSync(this.#path, 'r');
    const fileBytes = fstatSync(file).size;
    const parts: Part[] = [
      { suffix: '', handle: file, bytes: frames > 0 ? Math.min(fileBytes, pages * pageBytes) : fileBytes },
    ];
    this.#parts = parts;
    // Written back whole, the log says nothing that the file does not, and may be begun anew under our eyes: then this
    // transaction reads the file alone (mark 0), or holds a mark that is not before the log's end. Either keeps the file as it is.
    if (writtenBack >= frames) return;
    const bytes = WAL_HEAD_BYTES + frames * (FRAME_HEAD_BYTES + pageBytes);
    parts.push({ suffix: '-wal', handle: openSync(`${this.#path}-wal`, 'r'), bytes });
  }

  /** The file and, where it counts, its log, under such a name. Only while pinned. */
  files(name: string): FrozenFile[] {
    return this.#parts.map(({ suffix, handle, bytes }) => ({
      name: `${name}${suffix}`,
      bytes,
      // One that shrank meanwhile lost only pages that the log has, or that no page of the frozen state is.
      read: () => readInChunks(bytes, (chunk, at) => read(handle, chunk, 0, chunk.length, at)),
    }));
  }

  /** Ends the transactions and closes both connections. The files stay open: see `closeFiles`. */
  close(): void {
    this.unlock();
    this.#writer.close();
    this.reader.close();
  }

  /**
   * Closes the files themselves. Only once this process has no connection to any of them: closing a file drops every lock that
   * the process holds on it, SQLite's too (fcntl(2)), and others would overwrite what is being read.
   */
  closeFiles(): void {
    for (const { handle } of this.#parts) closeSync(handle);
    if (this.#index !== undefined) closeSync(this.#index);
    this.#parts = [];
    this.#index = undefined;
  }
}

function isBusy(thrown: unknown): boolean {
  // "Protocol" is what SQLite calls many who begin to read at the same instant.
  return /^SQLITE_(BUSY|PROTOCOL)/.test(String((thrown as { code?: unknown }).code));
}

function openPlain(path: string): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(path, { fileMustExist: true });
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    if (db.pragma('journal_mode', { simple: true }) !== 'wal') throw notInWalMode(path);
    return db;
  } catch (thrown) {
    db?.close();
    throw sqliteFault(thrown, path);
  }
}

/** Without a log, whoever reads keeps everybody from writing: a backup would stop the homeserver for as long as it takes. */
function notInWalMode(path: string): AppError {
  return new AppError(
    'unsupported',
    `${basename(path)} is no SQLite file in WAL mode, so it cannot be copied while it is in use`,
    {
      reason: 'store-mode',
      hint: 'Synapse turns WAL on by itself: does `homeserver.database` name its file? For another program: `PRAGMA journal_mode = WAL` once, while it is stopped.',
      facts: { file: basename(path) },
    },
  );
}
