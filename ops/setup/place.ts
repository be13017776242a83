import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
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
import type { PlannedFolder } from './plan/plan.ts';

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
  if (content !== undefined && readFileSync(path, 'utf8') !== content) return 'content';
  return (found.mode & 0o7777) === mode && found.uid === owner.uid && found.gid === owner.gid ? undefined : 'access';
}

/** What stands in a file now; "" when it is not there. */
export function contentNow(path: string): string {
  return look(path) === undefined ? '' : readFileSync(path, 'utf8');
}

/** Makes a folder, or gives it the access that is planned. */
export function placeFolder({ path, mode, owner }: PlannedFolder): void {
  mkdirSync(path, { recursive: true, mode });
  chownSync(path, owner.uid, owner.gid);
  chmodSync(path, mode);
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
    chownSync(temporary, owner.uid, owner.gid);
    chmodSync(temporary, mode);
    renameSync(temporary, path);
  } finally {
    closeSync(handle);
    rmSync(temporary, { force: true });
  }
  syncFolder(dirname(path));
}

/** Gives a file that is there the access that is planned. */
export function giveAccess({ path, mode, owner }: PlannedFolder): void {
  chownSync(path, owner.uid, owner.gid);
  chmodSync(path, mode);
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
