import { constants, type Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FrozenFile } from '../../core/backup/frozen-state.ts';
import { readInChunks } from '../../core/backup/read-in-chunks.ts';
import { AppError } from '../../core/errors.ts';
import type { LeftOut } from './archive/manifest.ts';

/** Hears what is not taken along, so that the archive and everybody who reads it can tell. */
export type TellLeftOut = (leftOut: LeftOut) => void;

/** A folder whose files go into an archive: as `<prefix>/<path below the folder>`. */
export interface FolderPart {
  readonly folder: string;
  readonly prefix: string;
  readonly tell: TellLeftOut;
}

/**
 * All files below a folder, one after the other, each as large as it was when its turn came: one that is gone by then is not there, one that
 * grows is cut. Links are not followed, and told, as is whatever else is no file. Nothing for a folder that is not there. Throws AppError
 * `unavailable` (reason `backup-unreadable`) for whatever is there and cannot be read.
 */
export async function* folderFiles({ folder, prefix, tell }: FolderPart): AsyncIterable<FrozenFile> {
  for (const entry of (await entriesOf(folder)) ?? []) {
    const [path, name] = [join(folder, entry.name), `${prefix}/${entry.name}`];
    if (entry.isDirectory()) yield* folderFiles({ folder: path, prefix: name, tell });
    else if (entry.isFile()) yield* oneFile(path, name);
    else tell({ name, why: entry.isSymbolicLink() ? 'link' : 'no-file' });
  }
}

/**
 * Those files right in a folder whose names fit; links are followed, because whoever names them means the file. Nothing for one that leads
 * nowhere or is no file, which is told. Throws AppError (`backup-unreadable`) as `folderFiles`, also for a folder that is not there.
 */
export async function* filesNamed(names: RegExp, { folder, prefix, tell }: FolderPart): AsyncIterable<FrozenFile> {
  const entries = await entriesOf(folder);
  if (entries === undefined) throw unreadable(folder, 'ENOENT');
  for (const entry of entries.filter((one) => names.test(one.name) && !one.isDirectory())) {
    const name = `${prefix}/${entry.name}`;
    const found = oneFile(join(folder, entry.name), name);
    let isThere = false;
    for await (const file of found) {
      isThere = true;
      yield file;
    }
    if (!isThere) tell({ name, why: entry.isSymbolicLink() ? 'link' : 'no-file' });
  }
}

/** One file that has to be there, or what it links to. Throws AppError (`backup-unreadable`) when it cannot be read. */
export async function* namedFile(path: string, prefix: string): AsyncIterable<FrozenFile> {
  let isThere = false;
  for await (const file of oneFile(path, `${prefix}/${basename(path)}`)) {
    isThere = true;
    yield file;
  }
  if (!isThere) throw unreadable(path, 'ENOENT');
}

/** The error of something that belongs into a backup and cannot be read; `code` is the system's. */
export function unreadable(path: string, code: string, cause?: unknown): AppError {
  return new AppError('unavailable', `no backup can be made: ${path} cannot be read (${code})`, {
    reason: 'backup-unreadable',
    hint: 'It belongs into the backup. Let the account that runs ops read it (its group, or setfacl), or correct the setting that names it; `kinkeeper doctor` shows whether all is well.',
    facts: { file: path, problem: code },
    cause,
  });
}

/** Nothing when it is not there (any more), or is no file. Never waits for a pipe. */
async function* oneFile(path: string, name: string): AsyncIterable<FrozenFile> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((thrown) => gone(path, thrown));
  if (handle === undefined) return;
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) return;
    const readAt = (chunk: Buffer, at: number) =>
      handle.read(chunk, 0, chunk.length, at).catch((thrown) => {
        throw unreadable(path, String(thrown.code), thrown);
      });
    yield { name, bytes: facts.size, read: () => readInChunks(facts.size, readAt) };
  } finally {
    await handle.close();
  }
}

async function entriesOf(folder: string): Promise<Dirent[] | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((thrown) => gone(folder, thrown));
  return entries?.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function gone(path: string, thrown: NodeJS.ErrnoException): undefined {
  // What is no UTF-8 is shown with this sign, and is not there by that name.
  const isOddName = basename(path).includes('\ufffd');
  if (thrown.code !== 'ENOENT' || isOddName)
    throw unreadable(path, isOddName ? 'its name is no UTF-8' : String(thrown.code), thrown);
}
