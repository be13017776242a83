import { createReadStream, readFileSync, realpathSync } from 'node:fs';
import { open, opendir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { missing } from '../missing.ts';
import type { RemoteFile } from '../remote.ts';
import type { FileStore, FileStoreKind } from './file-store.ts';
import { ListLimit } from './list-limit.ts';
import { remoteFault } from './remote-fault.ts';

/** A folder remote of the settings. */
export interface FolderOptions {
  readonly name: string;
  readonly path: string;
  readonly mustBeMount?: boolean | undefined;
}

/**
 * A folder of this machine, on another disk or mounted from elsewhere. It is never made: a folder on a disk that is not
 * mounted is simply not there. With `mustBeMount` the folder itself has to be a mount point, as /proc/self/mountinfo says.
 */
export function folderStore(options: FolderOptions): FileStoreKind {
  return {
    open: async () => new FolderStore(options.name, await usable(options)),
    faultOf: (thrown) => faultOf(thrown, options.name),
  };
}

async function usable({ name, path, mustBeMount }: FolderOptions): Promise<string> {
  const facts = await stat(path);
  if (!facts.isDirectory()) throw remoteFault('no-folder', name, 'is no folder');
  if (mustBeMount && !isMounted(path)) {
    const hint = 'Mount it, or leave out mustBeMount in its settings.';
    throw remoteFault('not-mounted', name, 'is a folder where nothing is mounted', hint);
  }
  return path;
}

/** Whether the kernel lists this very folder as a mount point (proc(5): field 5, with blanks and backslashes in octal). */
function isMounted(path: string): boolean {
  const real = realpathSync(path);
  const points = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return points.some((line) => {
    const point = line
      .split(' ')[4]
      ?.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    return point === real;
  });
}

function faultOf(thrown: unknown, name: string): Error {
  const { code = '' } = thrown as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return remoteFault('full', name, 'is full', 'Make room there.');
  if (code === 'ENOENT')
    return remoteFault('not-mounted', name, 'is not there: its folder is missing', 'Is its disk mounted?');
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return remoteFault('refused', name, `may not be written (${code})`);
  return remoteFault('other', name, `failed (${code || 'no code'})`);
}

class FolderStore implements FileStore {
  readonly #remote: string;
  readonly #path: string;

  constructor(remote: string, path: string) {
    this.#remote = remote;
    this.#path = path;
  }

  async list(): Promise<RemoteFile[]> {
    const names: string[] = [];
    const limit = new ListLimit(this.#remote);
    for await (const entry of await opendir(this.#path)) {
      limit.take(1);
      if (entry.isFile()) names.push(entry.name);
    }
    return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(this.#at(name))).size })));
  }

  async size(name: string): Promise<number | undefined> {
    return (await stat(this.#at(name)).catch(missing))?.size;
  }

  async write(name: string, offset: number, chunks: AsyncIterable<Buffer>): Promise<void> {
    await using file = await open(this.#at(name), offset === 0 ? 'w' : 'r+', 0o600);
    let at = offset;
    for await (const chunk of chunks) {
      for (let done = 0; done < chunk.length; ) {
        const { bytesWritten } = await file.write(chunk, done, chunk.length - done, at);
        done += bytesWritten;
        at += bytesWritten;
      }
    }
    await file.truncate(at);
    await file.sync();
  }

  read(name: string): AsyncIterable<Buffer> {
    return createReadStream(this.#at(name));
  }

  async rename(from: string, to: string): Promise<void> {
    await rename(this.#at(from), this.#at(to));
    await using folder = await open(this.#path, 'r');
    await folder.sync();
  }

  async remove(name: string): Promise<void> {
    await rm(this.#at(name), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #at(name: string): string {
    return join(this.#path, name);
  }
}
