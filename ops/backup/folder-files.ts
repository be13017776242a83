import type { Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrozenFile } from '../../core/backup/frozen-state.ts';
import { readInChunks } from '../../core/backup/read-in-chunks.ts';

/** A folder whose files go into an archive: as `<prefix>/<path below the folder>`. */
export interface FolderPart {
  readonly folder: string;
  readonly prefix: string;
  /** Which files, by their path below the folder; all when left out. */
  readonly takes?: (path: string) => boolean;
}

/**
 * The files of a folder, one after the other, each as large as it was when its turn came: a file that is there no more is left
 * out, one that grows is cut, links are not followed. Nothing for a folder that is not there.
 */
export async function* folderFiles({ folder, prefix, takes = () => true }: FolderPart): AsyncIterable<FrozenFile> {
  for await (const path of walk(folder, '')) {
    if (!takes(path)) continue;
    const handle = await open(join(folder, path), 'r').catch(() => undefined);
    if (handle === undefined) continue;
    try {
      const { size } = await handle.stat();
      yield {
        name: `${prefix}/${path}`,
        bytes: size,
        read: () => readInChunks(size, (chunk, at) => handle.read(chunk, 0, chunk.length, at)),
      };
    } finally {
      await handle.close();
    }
  }
}

async function* walk(folder: string, below: string): AsyncIterable<string> {
  const entries: Dirent[] = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* walk(folder, path);
    else if (entry.isFile()) yield path;
  }
}
