import { createHash } from 'node:crypto';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { AppError } from '../../../core/errors.ts';
import { boundedText } from './bounded-text.ts';
import type { Pace } from './pace.ts';
import { childText, readXml, type XmlElement } from './read-xml.ts';
import { remoteFault } from './remote-fault.ts';

/** A bucket of a server that speaks S3, and who we are there. */
export interface S3Options {
  readonly name: string;
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: () => string;
  readonly secretKey: () => string;
  /** How long to wait before each further try, in milliseconds; so many tries more there are. */
  readonly retryMs?: readonly number[];
}

/** One request. `key` is the object; without one the bucket is meant. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: AbortSignal;
}

const RETRY_MS = [500, 2000, 8000];
/** A line on which nothing moves for so long is cut. */
const SILENT_MS = 60_000;
const CHUNK_BYTES = 64 * 1024;

/** An answer of the server that is no success. `code` is the one in its XML ("NoSuchKey"), empty where there is none. */
export class S3Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`S3 answered ${status} ${code}`);
    this.name = 'S3Refusal';
    this.status = status;
    this.code = code;
  }
}

/**
 * Signed requests (AWS Signature Version 4, with the SHA-256 of the body, which the server checks), in path style, which
 * every server knows. What breaks off or fails on the server's side is tried again. Throws S3Refusal, or AppError
 * `unavailable` when no answer comes, `invalid` for one that is too long.
 */
export class S3Api {
  readonly #options: S3Options;
  readonly #pace: Pace;

  constructor(options: S3Options, pace: Pace) {
    this.#options = options;
    this.#pace = pace;
  }

  /** The XML of an answer; undefined for an answer without one. */
  async xml(request: S3Request): Promise<XmlElement | undefined> {
    return this.#trying(request, async () => {
      const content = await boundedText(await this.#once(request), this.#options.name);
      const root = content.trim() === '' ? undefined : readXml(content);
      // Some failures come with status 200, once the server had begun to answer.
      if (root?.name === 'Error') throw new S3Refusal(500, childText(root, 'Code') ?? '');
      return root;
    });
  }

  /** Headers of an answer whose body does not matter. */
  async headers(request: S3Request): Promise<IncomingMessage['headers']> {
    return this.#trying(request, async () => {
      const answer = await this.#once(request);
      await boundedText(answer, this.#options.name);
      return answer.headers;
    });
  }

  /** The body of an answer as it comes; what breaks off in the middle throws there and is not tried again. */
  async content(request: S3Request): Promise<AsyncIterable<Buffer>> {
    const answer = await this.#trying(request, () => this.#once(request));
    return this.#pace.through(answer, request.signal);
  }

  async #trying<T>({ signal }: S3Request, act: () => Promise<T>): Promise<T> {
    const waits = [...(this.#options.retryMs ?? RETRY_MS)];
    for (;;) {
      try {
        return await act();
      } catch (thrown) {
        signal.throwIfAborted();
        const refused = thrown instanceof S3Refusal && thrown.status < 500 && thrown.status !== 429;
        const final = refused || thrown instanceof AppError;
        const wait = final ? undefined : waits.shift();
        if (wait === undefined) throw this.#told(thrown);
        await sleep(wait, undefined, { signal });
      }
    }
  }

  #told(thrown: unknown): unknown {
    if (thrown instanceof S3Refusal || thrown instanceof AppError) return thrown;
    return remoteFault('away', this.#options.name, 'cannot be reached, or the connection broke off');
  }

  async #once({ method, key, query, body, signal }: S3Request): Promise<IncomingMessage> {
    const { endpoint, bucket, region, accessKey, secretKey } = this.#options;
    const url = new URL(`${endpoint}/${bucket}${key === undefined ? '' : `/${key}`}`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const headers: Record<string, string> = {
      'x-amz-content-sha256': createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
      ...(body && { 'content-length': String(body.length) }),
    };
    const keys = { accessKeyId: accessKey(), secretAccessKey: secretKey() };
    const signed = await new AwsV4Signer({ method, url: url.href, headers, service: 's3', region, ...keys }).sign();
    const answer = await this.#answerTo(signed, { method, body, signal });
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    throw new S3Refusal(status, codeIn(await boundedText(answer, this.#options.name).catch(() => '')));
  }

  async #answerTo(
    { url, headers }: { url: URL; headers: Headers },
    { method, body, signal }: { method: string; body: Buffer | undefined; signal: AbortSignal },
  ): Promise<IncomingMessage> {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, { method, headers: Object.fromEntries(headers), signal, timeout: SILENT_MS });
    request.on('timeout', () => request.destroy(new Error('silent for too long')));
    const answered = new Promise<IncomingMessage>((resolve, reject) =>
      request.on('response', resolve).on('error', reject),
    );
    answered.catch(() => {});
    if (body === undefined) request.end();
    else await pipeline(Readable.from(this.#pace.through(slices(body), signal)), request).catch(() => answered);
    return answered;
  }
}

/** What the failures of a request mean to people. */
export function s3Fault(thrown: unknown, name: string): unknown {
  if (!(thrown instanceof S3Refusal)) return thrown;
  const { status, code } = thrown;
  if (/TimeTooSkewed|RequestExpired/.test(code)) {
    return remoteFault('clock', name, 'refuses us because our clock is wrong', 'Set the clock of this machine right.');
  }
  if (code === 'NoSuchBucket') return remoteFault('no-folder', name, 'has no such bucket', 'Make the bucket there.');
  if (status === 401 || status === 403) {
    return remoteFault('refused', name, 'does not allow that with our keys', 'See the rights of the access key there.');
  }
  if (status === 301 || status === 307 || /Redirect|AuthorizationHeaderMalformed/.test(code)) {
    return remoteFault('settings', name, 'lies in another region', 'Correct its region and endpoint in the settings.');
  }
  if (status === 507 || /QuotaExceeded|StorageFull/.test(code)) {
    return remoteFault('full', name, 'is full', 'Make room there.');
  }
  return remoteFault('other', name, `failed (status ${status})`);
}

/** Only a short word is taken from an answer: the rest may name hosts and keys. */
function codeIn(answer: string): string {
  return /<Code>(\w{1,60})<\/Code>/.exec(answer.slice(0, 65_536))?.[1] ?? '';
}

async function* slices(body: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += CHUNK_BYTES) yield body.subarray(at, at + CHUNK_BYTES);
}
