import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { syncFolder } from '../../core/keys/durable-write.ts';
import type { Owner, PlannedFolder } from './plan/plan.ts';

// Root works in folders that accounts of containers own, who may put a link in the place of anything there at any moment. So nothing is
// changed or read by its path: it is opened without following a link, and what was opened is looked at and changed.

const { O_APPEND, O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** What is not yet as planned about a folder or file. */
export type Differs = 'missing' | 'content' | 'access';

/** Compares a folder with its plan; undefined: it is as planned. Throws AppError `conflict` where something else lies there. */
export function folderDiffers({ path, mode, owner }: PlannedFolder): Differs | undefined {
  const found = look(path);
  if (found === undefined) return 'missing';
  if (!found.isDirectory()) throw inTheWay(path, 'a folder');
  return (found.mode & 0o7777) === mode && found.uid === owner.uid && found.gid === owner.gid ? undefined : 'access';
}

/** The same of a file; `content` undefined: what stands in it is its own matter. */
export function fileDiffers({
  path,
  mode,
  owner,
  content,
}: PlannedFolder & { readonly content?: string }): Differs | undefined {
  const found = look(path);
  if (found === undefined) return 'missing';
  if (!found.isFile()) throw inTheWay(path, 'a file');
  if (content !== undefined && readPlainFile(path) !== content) return 'content';
  return (found.mode & 0o7777) === mode && found.uid === owner.uid && found.gid === owner.gid ? undefined : 'access';
}

/** What stands in a file now; "" when it is not there. */
export function contentNow(path: string): string {
  return look(path) === undefined ? '' : readPlainFile(path);
}

/** What stands in a file that has to be there. Throws AppError `conflict` where a link or anything else lies there; as `readFileSync` otherwise. */
export function readPlainFile(path: string): string {
  const handle = openPlainFile(path, O_RDONLY);
  try {
    return readFileSync(handle, 'utf8');
  } finally {
    closeSync(handle);
  }
}

/** Opens a log for what an account's program says, made where there is none; it belongs to that account. The caller closes it. Throws as `giveAccess`. */
export function openLog(path: string, owner: Owner): number {
  const handle = openPlainFile(path, O_WRONLY | O_APPEND | O_CREAT);
  if (fstatSync(handle).uid !== owner.uid) fchownSync(handle, owner.uid, owner.gid);
  return handle;
}

/** Makes a folder, or gives it the access that is planned. Throws AppError `conflict` where anything else lies there. */
export function placeFolder({ path, mode, owner }: PlannedFolder): void {
  mkdirSync(path, { recursive: true, mode });
  const handle = openAt(path, O_RDONLY | O_DIRECTORY, 'a folder');
  try {
    give(handle, { mode, owner });
  } finally {
    closeSync(handle);
  }
}

/**
 * Writes a file whole: a kill or a power cut leaves the old one or the new. Nobody else can read it at any moment, also before it has
 * its owner.
 */
export function placeFile({ path, mode, owner, content }: PlannedFolder & { readonly content: string }): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const handle = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
    give(handle, { mode, owner });
    renameSync(temporary, path);
  } finally {
    closeSync(handle);
    rmSync(temporary, { force: true });
  }
  syncFolder(dirname(path));
}

/** Gives a file that is there the access that is planned. Throws AppError `conflict` where a link or anything else lies there by now. */
export function giveAccess({ path, mode, owner }: PlannedFolder): void {
  const handle = openPlainFile(path, O_RDONLY);
  try {
    give(handle, { mode, owner });
  } finally {
    closeSync(handle);
  }
}

function give(handle: number, { mode, owner }: Omit<PlannedFolder, 'path'>): void {
  fchownSync(handle, owner.uid, owner.gid);
  fchmodSync(handle, mode);
}

/** A second name may be that of somebody else's file. */
function openPlainFile(path: string, flags: number): number {
  const handle = openAt(path, flags, 'a file');
  const found = fstatSync(handle);
  if (found.isFile() && found.nlink === 1) return handle;
  closeSync(handle);
  throw inTheWay(path, 'a file');
}

/** Opens without following a link, and without waiting for the other end of a pipe. */
function openAt(path: string, flags: number, wanted: string): number {
  try {
    return openSync(path, flags | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ELOOP' || code === 'ENOTDIR' || code === 'ENXIO') throw inTheWay(path, wanted);
    throw thrown;
  }
}

/** Links are not followed: what is planned as a file may not lead elsewhere. */
function look(path: string) {
  return lstatSync(path, { throwIfNoEntry: false });
}

function inTheWay(path: string, wanted: string): AppError {
  return new AppError('conflict', `${path} is not ${wanted}`, {
    hint: 'Move it away and run set-up again. Nothing was changed there.',
  });
}
