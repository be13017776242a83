import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { AppError } from '../errors.ts';
import { step } from '../step.ts';
import { openEncrypted, rekey } from './open-encrypted.ts';

/** An encrypted file and its key (32 bytes). */
export interface KeyedFile {
  readonly path: string;
  readonly key: Uint8Array;
}

/**
 * Writes what a file holds now into a new file under another key, checks that it reads back whole, and makes it survive a
 * power cut. Nothing of `from` changes, and nobody who reads or writes it waits; what they write later is not in the copy.
 * An unfinished `to` of an earlier try is replaced. Blocks for about a second per 50 MB. `change` is run on the copy. Throws
 * AppError `unavailable` as `openEncrypted` does; the unfinished copy is removed then.
 */
export function copyUnderKey(
  from: KeyedFile,
  to: KeyedFile,
  change: (copy: Database.Database) => void = () => {},
): void {
  removeFile(to.path);
  try {
    // Made by opening it, so that it is nobody else's from its first byte on.
    closeSync(openSync(to.path, 'wx', 0o600));
    const source = openEncrypted(from.path, from.key, { mustExist: true });
    try {
      source.prepare('VACUUM INTO ?').run(to.path);
    } finally {
      source.close();
    }
    step('copied');
    rekey(to.path, from.key, to.key);
    step('rekeyed');
    const copy = openEncrypted(to.path, to.key, { mustExist: true });
    try {
      change(copy);
      if (copy.pragma('quick_check', { simple: true }) !== 'ok') throw copyBroken();
      copy.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      copy.close();
    }
    syncFile(to.path);
    step('checked');
  } catch (thrown) {
    removeFile(to.path);
    throw thrown;
  }
}

/** Removes a database file with its logs; nothing happens where there is none. */
export function removeFile(path: string): void {
  for (const suffix of ['-wal', '-shm', '-journal', '']) rmSync(`${path}${suffix}`, { force: true });
}

function syncFile(path: string): void {
  const handle = openSync(path, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function copyBroken(): AppError {
  return new AppError('unavailable', 'the copy under the new key does not read back whole', {
    reason: 'copy-broken',
    hint: 'The old file and its key stay as they are. Check the disk (kinkeeper doctor) and try again.',
  });
}
