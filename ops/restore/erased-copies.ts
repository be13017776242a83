import { createReadStream, type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { besideAmong } from '../../core/backup/beside.ts';
import { ERASED_FOLDER } from '../backup/beside/make-erased-copy.ts';
import { missing } from '../backup/missing.ts';
import type { Remote, RemoteFile } from '../backup/remote.ts';

/** Where sealed copies of the list of what was erased may lie that are newer than a backup. Its methods throw what the place throws. */
export interface ErasedCopies {
  /** As people know it: the name of a remote, or a folder. */
  readonly place: string;
  /** Newest first. */
  list(): Promise<RemoteFile[]>;
  /** Of a file of the list, which is no larger than it said. */
  read(file: RemoteFile): Promise<Readable>;
}

/** Those at the remote that the backup comes from. */
export function copiesAt(remote: Remote, signal: AbortSignal): ErasedCopies {
  return {
    place: remote.name,
    list: async () => besideAmong(await remote.list(signal), 'erased'),
    read: ({ name, bytes }) => remote.read(name, signal, bytes),
  };
}

/** Those beside an archive that lies on this machine, or in the folder there in which they are made. */
export function copiesBeside(archive: string): ErasedCopies {
  const place = dirname(archive);
  const folders = [join(place, ERASED_FOLDER), place];
  const found = new Map<string, string>();
  return {
    place,
    async list() {
      for (const folder of folders)
        for (const entry of await entriesOf(folder))
          if (entry.isFile()) found.set(entry.name, join(folder, entry.name));
      const files = besideAmong(
        [...found.keys()].map((name) => ({ name })),
        'erased',
      );
      return Promise.all(files.map(async ({ name }) => ({ name, bytes: (await stat(found.get(name)!)).size })));
    },
    read: async ({ name }) => createReadStream(found.get(name)!),
  };
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return (await readdir(folder, { withFileTypes: true }).catch(missing)) ?? [];
}
