import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { storageFault } from './storage-fault.ts';

/**
 * Writes a small file so that a power cut leaves either the old content or the new, never a part: temporary file (mode
 * 600), fsync, rename, fsync of the folder. With `exclusive` an existing file is left alone and false comes back. With
 * `shred` the bytes of the file that was replaced are overwritten: best effort, as a disk may keep copies of its own.
 * Throws AppError `unavailable` (reasons `disk-full`, `state-dir`).
 */
export function writeDurably(path: string, content: string, options: { exclusive: boolean; shred?: boolean }): boolean {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const before = options.shred && !options.exclusive ? openBefore(path) : undefined;
  try {
    writeThrough(temporary, content);
    const placed = options.exclusive ? placeNew(temporary, path) : replace(temporary, path);
    syncFolder(dirname(path));
    if (before !== undefined) overwrite(before);
    return placed;
  } catch (thrown) {
    throw storageFault(thrown, dirname(path));
  } finally {
    if (before !== undefined) closeSync(before);
    discard(temporary);
  }
}

/** Gives a finished file its final name, unless that name is taken: then it comes back false and nothing changes. */
export function placeNew(temporary: string, path: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

/** Makes new and renamed entries of a folder survive a power cut. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

// Already renamed, or in a folder that cannot be used: then the fault that matters is on its way.
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

function openBefore(path: string): number | undefined {
  try {
    return openSync(path, 'r+');
  } catch {
    return undefined;
  }
}

// The new content counts already: a fault here must not look like a write that failed. A file that has another name still
// (a backup by hard links) belongs to somebody else.
function overwrite(handle: number): void {
  try {
    const { size, nlink } = fstatSync(handle);
    if (nlink > 0) return;
    writeSync(handle, Buffer.alloc(size), 0, undefined, 0);
    fsyncSync(handle);
  } catch {}
}

function replace(temporary: string, path: string): boolean {
  renameSync(temporary, path);
  return true;
}

function writeThrough(path: string, content: string): void {
  const handle = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
