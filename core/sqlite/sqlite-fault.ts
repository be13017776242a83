import { basename } from 'node:path';
import { AppError } from '../errors.ts';
import { diskFull } from '../keys/storage-fault.ts';

/**
 * Names the faults that an operator can mend in what SQLite threw: AppError `unavailable` with reason `disk-full`,
 * `disk-error`, `store-busy`, `store-unreadable` or `state-dir`. Anything else comes back as it is. Used at the edge of every store.
 */
export function sqliteFault(thrown: unknown, path: string): unknown {
  if (thrown instanceof AppError) return thrown;
  const code = String((thrown as { code?: unknown } | null)?.code ?? '');
  // The shared-memory file beside the log can fail to grow for one reason only.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return diskFull(thrown);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return storeBusy(path, thrown);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return storeUnreadable(path, thrown);
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY')) {
    return new AppError('unavailable', `${basename(path)} cannot be opened for writing`, {
      reason: 'state-dir',
      hint: 'The state folder must belong to the account that runs Kinkeeper and be writable for it.',
      facts: { folder: basename(path), problem: code },
      cause: thrown,
    });
  }
  if (code.startsWith('SQLITE_IOERR')) return diskError(path, code, thrown);
  return thrown;
}

/** The error of a store that a wrong key or a damage makes unreadable: the two cannot be told apart. */
export function storeUnreadable(path: string, cause?: unknown): AppError {
  return new AppError('unavailable', `${basename(path)} cannot be read with this key, or is damaged`, {
    reason: 'store-unreadable',
    hint: 'Do keys.json and the stores come from the same backup? If they do, restore this file from a backup.',
    facts: { file: basename(path) },
    cause,
  });
}

/** The error of a store that should be there and is not (or is empty). */
export function storeMissing(path: string): AppError {
  return new AppError('unavailable', `${basename(path)} is missing although it was there before`, {
    reason: 'store-missing',
    hint: 'Restore it from a backup. Nothing was changed.',
    facts: { file: basename(path) },
  });
}

function diskError(path: string, problem: string, cause: unknown): AppError {
  return new AppError('unavailable', `the disk failed on ${basename(path)} (${problem})`, {
    reason: 'disk-error',
    hint: "Look into the system's log for errors of this disk, and see that a fresh backup exists.",
    facts: { file: basename(path), problem },
    cause,
  });
}

/** The error of a store that is in use for too long. */
export function storeBusy(path: string, cause?: unknown): AppError {
  return new AppError('unavailable', `${basename(path)} is in use by another process for too long`, {
    reason: 'store-busy',
    hint: 'Try again. If it stays so, look for a second process that works in the same state folder.',
    facts: { file: basename(path) },
    cause,
  });
}
