import { LogService, setRequestFn } from 'matrix-bot-sdk';

/** The part of `request`'s parameters that matrix-bot-sdk passes on. */
interface RequestParameters {
  readonly uri: string;
  readonly method: string;
  readonly qs?: Record<string, unknown> | null;
  readonly encoding?: null;
  readonly timeout?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

interface TransportResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  body: unknown;
}

type Callback = (error: Error | null, response?: TransportResponse, body?: unknown) => void;

/** JSON answers above this are refused: a first sync of a large household stays well below it. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Memory taken at first for a body of unknown length. */
const FIRST_BYTES = 65_536;

/**
 * Gives matrix-bot-sdk a transport on `fetch`, so that a request can be cancelled at shutdown and its answer has a size
 * limit (its own `request` package can do neither). Also silences the library's logger, which prints bodies. Call once
 * per process; `signal` ends every request under way.
 */
export function installTransport(signal: AbortSignal): void {
  LogService.setLogger({ info() {}, warn() {}, error() {}, debug() {}, trace() {} });
  setRequestFn((parameters: RequestParameters, callback: Callback) => {
    perform(parameters, signal).then(
      (response) => callback(null, response, response.body),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    );
  });
}

async function perform(parameters: RequestParameters, signal: AbortSignal): Promise<TransportResponse> {
  const url = new URL(parameters.uri);
  for (const [key, value] of Object.entries(parameters.qs ?? {})) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) url.searchParams.append(key, String(item));
    }
  }
  const limit = AbortSignal.timeout(parameters.timeout ?? 60_000);
  const response = await fetch(url, {
    method: parameters.method,
    headers: parameters.headers ?? {},
    redirect: 'error',
    signal: AbortSignal.any([signal, limit]),
    ...(parameters.body === undefined ? {} : { body: parameters.body as BodyInit }),
  });
  const bytes = withRetryAfter(response, await readCapped(response, MAX_ANSWER_BYTES));
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: parameters.encoding === null ? bytes : bytes.toString('utf8'),
  };
}

/** The library drops the headers of an error answer, so the standard Retry-After header travels on as `retry_after_ms` in its body. */
function withRetryAfter(response: Response, bytes: Buffer): Buffer {
  const seconds = Number(response.headers.get('retry-after'));
  if (response.ok || !Number.isFinite(seconds) || seconds <= 0) return bytes;
  try {
    const body: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof body !== 'object' || body === null) return bytes;
    return Buffer.from(JSON.stringify({ ...body, retry_after_ms: seconds * 1000 }));
  } catch {
    return Buffer.from(JSON.stringify({ errcode: 'M_UNKNOWN', retry_after_ms: seconds * 1000 }));
  }
}

/**
 * Reads a body, giving up as soon as it grows beyond `limit` bytes. The declared length is not trusted: it only says how
 * much memory to take at first, so that a body of that length is held once and not twice.
 */
export async function readCapped(response: Response, limit: number): Promise<Buffer> {
  const declared = Number(response.headers.get('content-length') ?? 0);
  if (declared > limit) {
    await response.body?.cancel();
    throw new RangeError(`answer of ${declared} bytes, limit ${limit}`);
  }
  if (!response.body) return Buffer.alloc(0);
  let bytes = Buffer.alloc(declared > 0 ? declared : FIRST_BYTES);
  let size = 0;
  for await (const part of response.body) {
    const end = size + part.byteLength;
    if (end > limit) throw new RangeError(`answer above the limit of ${limit} bytes`);
    if (end > bytes.length) bytes = grown(bytes, Math.max(end, Math.min(limit, 2 * bytes.length)));
    bytes.set(part, size);
    size = end;
  }
  return bytes.subarray(0, size);
}

function grown(bytes: Buffer, length: number): Buffer<ArrayBuffer> {
  const larger = Buffer.alloc(length);
  bytes.copy(larger);
  return larger;
}
