import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { Facts } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { heedListNumber } from './list-number.ts';
import { INDEX_FILES, type Release, readReleaseIndex } from './release-index.ts';

/** Longest list that is read. */
const LIST_BYTES = 1024 * 1024;

/** Longest silence of the feed. */
const PATIENCE_MS = 60_000;

/** Where releases come from. */
export interface FeedOptions {
  /** Address of the folder with the list, its signature and the archives; without a slash at the end. */
  readonly url: string;
  /** File with the armoured public key that signs the list. */
  readonly keyFile: string;
  /** The helper's spool; what was fetched is laid into its folder `incoming`. */
  readonly spoolDir: string;
  /** Remember the newest list that was seen. */
  readonly facts: Pick<Facts, 'get' | 'set'>;
}

/** The signed list of releases of the settings, and the archives beside it. Used by the job `update`. */
export class ReleaseFeed {
  readonly #options: FeedOptions;
  #index: { list: string; signature: string } | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** All releases. Throws AppError `unavailable` (`feed`) when it cannot be reached, `forbidden` (`feed-signature`, `feed-older`), `invalid` (`feed-key`). */
  async releases(signal: AbortSignal): Promise<Release[]> {
    const keys = await readFile(this.#options.keyFile, 'utf8').catch((cause: unknown) => {
      const hint = 'Set update.keyFile to the file with the publisher’s public key.';
      throw new AppError('invalid', 'the key of the releases cannot be read', { reason: 'feed-key', hint, cause });
    });
    const list = await this.#text(INDEX_FILES.list, signal);
    const signature = await this.#text(INDEX_FILES.signature, signal);
    const releases = await readReleaseIndex({ list, signature, keys });
    heedListNumber(this.#options.facts, list);
    this.#index = { list, signature };
    return releases;
  }

  /** Lays the list and its signature where the helper finds them. To be called after `releases`. */
  async layIndex(): Promise<void> {
    const folder = await this.#incoming();
    if (!this.#index) throw new AppError('internal', 'the list of releases was not read');
    await writeFile(join(folder, INDEX_FILES.list), this.#index.list);
    await writeFile(join(folder, INDEX_FILES.signature), this.#index.signature);
  }

  /** Fetches an archive and lays it there too, once its SHA-256 is right. Throws AppError `unavailable` (`feed`) or `forbidden` (`feed-archive`). */
  async layArchive(release: Release, signal: AbortSignal): Promise<void> {
    const file = join(await this.#incoming(), release.file);
    const part = `${file}.part`;
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      const body = await this.#get(release.file, signal, 60 * PATIENCE_MS);
      await pipeline(
        Readable.fromWeb(body),
        async function* (chunks: AsyncIterable<Uint8Array>) {
          for await (const chunk of chunks) {
            bytes += chunk.length;
            if (bytes > release.bytes) throw wrongArchive();
            hash.update(chunk);
            yield chunk;
          }
        },
        createWriteStream(part, { mode: 0o600, flush: true }),
        { signal },
      );
      if (hash.digest('hex') !== release.sha256) throw wrongArchive();
      await rename(part, file);
    } catch (thrown) {
      await rm(part, { force: true });
      throw thrown instanceof AppError || signal.aborted ? thrown : unreachable(thrown);
    }
  }

  /** Takes away what was fetched. The folder stays: the spool around it is root's. */
  async clear(): Promise<void> {
    const folder = await this.#incoming();
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
  }

  async #incoming(): Promise<string> {
    const folder = join(this.#options.spoolDir, 'incoming');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  async #text(name: string, signal: AbortSignal): Promise<string> {
    const body = await this.#get(name, signal, PATIENCE_MS);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const chunk of body) {
        bytes += chunk.length;
        if (bytes > LIST_BYTES) throw new Error('too large');
        chunks.push(chunk);
      }
    } catch (thrown) {
      signal.throwIfAborted();
      throw unreachable(thrown);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  async #get(name: string, signal: AbortSignal, limitMs: number): Promise<ReadableStream<Uint8Array>> {
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      const response = await fetch(`${this.#options.url}/${name}`, { signal: limited, redirect: 'error' });
      if (response.ok && response.body) return response.body as ReadableStream<Uint8Array>;
      throw new Error(`status ${response.status}`);
    } catch (thrown) {
      signal.throwIfAborted();
      throw unreachable(thrown);
    }
  }
}

function unreachable(cause: unknown): AppError {
  return new AppError('unavailable', 'the releases cannot be reached', {
    reason: 'feed',
    hint: 'Check update.feed and the network. Nothing was changed.',
    cause,
  });
}

function wrongArchive(): AppError {
  return new AppError('forbidden', 'the archive of the release is not the one of the signed list', {
    reason: 'feed-archive',
    hint: 'Nothing was changed. If it stays so, tell the publisher.',
  });
}
