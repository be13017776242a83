import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { AppError } from '../../../core/errors.ts';
import { isOfSort, type Remote, type RemoteFile, type SendOptions, type SentFile, type SentSort } from '../remote.ts';
import type { FileStore, FileStoreKind } from './file-store.ts';
import { Pace } from './pace.ts';
import { damagedThere, remoteFault } from './remote-fault.ts';
import { sha256Of } from './sha256-of.ts';

const PART = '.part';
const CHUNK_BYTES = 256 * 1024;

/**
 * A remote whose files are written at an offset: a folder, or SFTP. A file grows under `<name>.part`; a later try goes on
 * where it ends. Then all of it is read back and compared by SHA-256, and only then it gets its name.
 *
 * What that proves: the far side answers with exactly these bytes. Not that they survive a loss of power there (it was asked
 * to write them to its disk), and a folder of this machine may answer from memory.
 */
export class OffsetRemote implements Remote {
  readonly name: string;
  readonly #kind: FileStoreKind;
  readonly #pace: Pace;

  constructor(options: {
    readonly name: string;
    readonly bandwidthKiB?: number | undefined;
    readonly kind: FileStoreKind;
  }) {
    this.name = options.name;
    this.#kind = options.kind;
    this.#pace = new Pace(options.bandwidthKiB);
  }

  list(signal: AbortSignal): Promise<RemoteFile[]> {
    return this.#opened(signal, async (store) => (await store.list()).filter(({ name }) => !name.endsWith(PART)));
  }

  send(file: SentFile, options: SendOptions): Promise<void> {
    return this.#opened(options.signal, async (store) => {
      if (await this.#holds(store, file, file.name, options.signal)) return;
      const part = `${file.name}${PART}`;
      const there = await store.size(part);
      const offset = there === undefined || there > file.bytes ? 0 : there;
      await this.#write(store, file, { ...options, offset });
      let holds = await this.#holds(store, file, part, options.signal);
      if (!holds && offset > 0) {
        // What lay there was not the beginning of this file.
        await this.#write(store, file, { ...options, offset: 0 });
        holds = await this.#holds(store, file, part, options.signal);
      }
      if (!holds) {
        await store.remove(part);
        throw damagedThere(this.name);
      }
      await store.rename(part, file.name);
    });
  }

  async read(name: string, signal: AbortSignal): Promise<Readable> {
    await using opened = new AsyncDisposableStack();
    const store = opened.use(await this.#open(signal));
    const there = await store.size(name).catch((thrown: unknown) => {
      throw this.#fault(thrown, signal);
    });
    if (there === undefined) throw remoteFault('no-backup', this.name, 'has no such backup');
    // From here on it is closed by whoever reads.
    opened.move();
    return Readable.from(this.#reading(store, name, signal), { objectMode: false });
  }

  async remove(name: string, signal: AbortSignal): Promise<boolean> {
    await this.#opened(signal, async (store) => {
      if ((await store.size(name)) !== undefined) await store.remove(name);
    });
    return true;
  }

  removeUnfinished(sort: SentSort, signal: AbortSignal): Promise<void> {
    return this.#opened(signal, async (store) => {
      for (const { name } of await store.list()) {
        if (name.endsWith(PART) && isOfSort(name.slice(0, -PART.length), sort)) await store.remove(name);
      }
    });
  }

  #write(store: FileStore, file: SentFile, options: SendOptions & { readonly offset: number }): Promise<void> {
    const { offset, signal, onProgress } = options;
    const counted = async function* (chunks: AsyncIterable<Buffer>) {
      let there = offset;
      for await (const chunk of chunks) {
        yield chunk;
        there += chunk.length;
        onProgress?.(there);
      }
    };
    // An empty rest cannot be asked for: no stream of a file begins behind its end.
    const chunks =
      offset === file.bytes
        ? Readable.from([])
        : createReadStream(file.path, { start: offset, end: file.bytes - 1, highWaterMark: CHUNK_BYTES });
    return store.write(`${file.name}${PART}`, offset, counted(this.#pace.through(chunks, signal)));
  }

  async #holds(store: FileStore, file: SentFile, name: string, signal: AbortSignal): Promise<boolean> {
    if ((await store.size(name)) !== file.bytes) return false;
    const read = this.#pace.through(store.read(name), signal);
    return (await sha256Of(read, file.bytes)).sha256 === file.sha256;
  }

  async *#reading(store: FileStore, name: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    await using opened = store;
    try {
      yield* this.#pace.through(opened.read(name), signal);
    } catch (thrown) {
      throw this.#fault(thrown, signal);
    }
  }

  async #opened<T>(signal: AbortSignal, act: (store: FileStore) => Promise<T>): Promise<T> {
    await using store = await this.#open(signal);
    try {
      return await act(store);
    } catch (thrown) {
      throw this.#fault(thrown, signal);
    }
  }

  async #open(signal: AbortSignal): Promise<FileStore> {
    signal.throwIfAborted();
    try {
      return await this.#kind.open(signal);
    } catch (thrown) {
      throw this.#fault(thrown, signal);
    }
  }

  #fault(thrown: unknown, signal: AbortSignal): unknown {
    if (signal.aborted) return signal.reason;
    return thrown instanceof AppError ? thrown : this.#kind.faultOf(thrown);
  }
}
