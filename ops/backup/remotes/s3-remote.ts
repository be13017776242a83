import { Readable } from 'node:stream';
import { isOfSort, type Remote, type RemoteFile, type SendOptions, type SentFile, type SentSort } from '../remote.ts';
import { ListLimit } from './list-limit.ts';
import { Pace } from './pace.ts';
import { childrenOf, childText } from './read-xml.ts';
import { damagedThere, remoteFault } from './remote-fault.ts';
import { S3Api, type S3Options, S3Refusal, s3Fault } from './s3-api.ts';
import { abandon, textIn, unfinished, uploadInParts } from './s3-upload.ts';
import { sha256Of } from './sha256-of.ts';

/** An S3 remote of the settings. */
export interface S3RemoteOptions extends S3Options {
  /** Before the names, with its slash; '' for none. */
  readonly prefix: string;
  readonly bandwidthKiB?: number | undefined;
  /** For tests; 8 MiB when left out. */
  readonly partBytes?: number;
}

/**
 * A bucket of a server that speaks S3. Files go there in parts, each with its SHA-256, which the server checks; a later try
 * sends the missing ones. The object appears under its name when all parts are there. Then all of it is read back and
 * compared by SHA-256; one that differs is removed.
 *
 * The rights it needs on the bucket: list it and its multipart uploads, put, get, and list and abort parts. Without the right
 * to delete it can only add, and old backups have to go by a lifecycle rule of the bucket (and its Object Lock keeps them from
 * thieves until then).
 */
export class S3Remote implements Remote {
  readonly name: string;
  readonly #options: S3RemoteOptions;
  readonly #api: S3Api;
  #keepsRemoved = false;

  constructor(options: S3RemoteOptions) {
    this.name = options.name;
    this.#options = options;
    this.#api = new S3Api(options, new Pace(options.bandwidthKiB));
  }

  get keepsRemoved(): boolean {
    return this.#keepsRemoved;
  }

  list(signal: AbortSignal): Promise<RemoteFile[]> {
    const { prefix } = this.#options;
    return this.#told(async () => {
      const files: RemoteFile[] = [];
      const limit = new ListLimit(this.name);
      let after: Record<string, string> = {};
      for (;;) {
        const query = { 'list-type': '2', prefix, delimiter: '/', ...after };
        const root = await this.#api.xml({ method: 'GET', query, signal });
        if (root?.name !== 'ListBucketResult') throw new S3Refusal(500, '');
        const page = childrenOf(root, 'Contents');
        limit.answered(page.length);
        for (const one of page) {
          files.push({ name: textIn(one, 'Key').slice(prefix.length), bytes: Number(textIn(one, 'Size')) });
        }
        if (childText(root, 'IsTruncated') !== 'true') return files;
        after = { 'continuation-token': textIn(root, 'NextContinuationToken') };
      }
    });
  }

  send(file: SentFile, options: SendOptions): Promise<void> {
    return this.#told(async () => {
      if (await this.#holds(file, options.signal)) return;
      const { partBytes } = this.#options;
      await uploadInParts(this.#api, { name: this.name, key: this.#key(file.name), file, options, partBytes });
      if (await this.#holds(file, options.signal)) return;
      await this.remove(file.name, options.signal);
      throw damagedThere(this.name);
    });
  }

  async read(name: string, signal: AbortSignal): Promise<Readable> {
    const content = await this.#told(async () => {
      try {
        return await this.#api.content({ method: 'GET', key: this.#key(name), signal });
      } catch (thrown) {
        throw isMissing(thrown) ? remoteFault('no-backup', this.name, 'has no such backup') : thrown;
      }
    });
    return Readable.from(this.#reading(content, signal), { objectMode: false });
  }

  remove(name: string, signal: AbortSignal): Promise<boolean> {
    return this.#told(async () => {
      try {
        const answer = await this.#api.headers({ method: 'DELETE', key: this.#key(name), signal });
        this.#keepsRemoved = answer['x-amz-delete-marker'] === 'true';
        return true;
      } catch (thrown) {
        if (isMissing(thrown)) return true;
        if (thrown instanceof S3Refusal && thrown.status === 403) return false;
        throw thrown;
      }
    });
  }

  removeUnfinished(sort: SentSort, signal: AbortSignal): Promise<void> {
    const { prefix } = this.#options;
    return this.#told(async () => {
      for (const one of await unfinished(this.#api, { name: this.name, prefix, signal })) {
        if (isOfSort(one.key.slice(prefix.length), sort)) await abandon(this.#api, one, signal);
      }
    });
  }

  async #holds(file: SentFile, signal: AbortSignal): Promise<boolean> {
    const key = this.#key(file.name);
    try {
      const { 'content-length': bytes } = await this.#api.headers({ method: 'HEAD', key, signal });
      if (Number(bytes) !== file.bytes) return false;
      const content = await this.#api.content({ method: 'GET', key, signal });
      return (await sha256Of(this.#reading(content, signal), file.bytes)).sha256 === file.sha256;
    } catch (thrown) {
      if (isMissing(thrown)) return false;
      throw thrown;
    }
  }

  async *#reading(content: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
    try {
      yield* content;
    } catch {
      signal.throwIfAborted();
      throw remoteFault('away', this.name, 'broke off while it was read');
    }
  }

  async #told<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (thrown) {
      throw s3Fault(thrown, this.name);
    }
  }

  #key(name: string): string {
    return `${this.#options.prefix}${name}`;
  }
}

/** HEAD answers have no code, so the status has to do; a bucket that is missing is told by everything else. */
function isMissing(thrown: unknown): boolean {
  return thrown instanceof S3Refusal && thrown.status === 404 && thrown.code !== 'NoSuchBucket';
}
