import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { currentRequest, inRequest } from '../../core/request-id.ts';
import type { ApiDesk } from './api-desk.ts';
import { askedLanguage } from './asked-language.ts';
import { DOCS_POLICY, docsPage } from './docs-page.ts';
import type { Reply } from './endpoint.ts';
import { ENDPOINTS } from './endpoints/index.ts';
import { errorWords } from './error-words.ts';
import { ApiGuard, type GuardParts } from './guard.ts';
import { handleRequest, matchEndpoint } from './handle-request.ts';
import { HttpError, httpFailure } from './http-error.ts';
import { MemoryBudget } from './memory-budget.ts';
import { openApi } from './openapi.ts';

/** What the server finds of the bot now. */
export interface ApiBackend {
  /** When the homeserver last answered, milliseconds since 1970. */
  readonly lastContact: number;
  /** undefined while the bot is starting. */
  readonly desk: ApiDesk | undefined;
}

/** What the server is made of. `backend` gives undefined while the bot is sealed or locked down. */
export interface ApiServerParts extends GuardParts {
  readonly backend: () => ApiBackend | undefined;
  readonly version: string;
  readonly fileBytes: number;
  readonly log: Logger;
}

/** Longest silence of the homeserver that still counts as healthy; a quiet long-poll takes half a minute. */
const SILENCE_MS = 150_000;
const FILES_AT_ONCE = 4;
const TICK_MS = 60_000;
const BEAT_MS = 15_000;
/** Who sends a header or a body drop by drop is cut off; a large file over a slow line still comes through. */
const LIMITS = {
  ...{ headersTimeout: 10_000, requestTimeout: 300_000 },
  // Longer than a proxy keeps one (nginx: 60 seconds): it must not send into one that is being closed.
  keepAliveTimeout: 75_000,
};
const MOST_CONNECTIONS = 200;

const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Serves the HTTP API: what needs a key under `/v1/`, its description, and `/healthz` and `/readyz` for container health
 * checks. It stands as long as the process does, also sealed: then it says so. `port` is the one that was taken. Throws
 * AppError `conflict` when the address is taken.
 */
export async function startApiServer(
  address: { host: string; port: number },
  parts: ApiServerParts,
): Promise<AsyncDisposable & { readonly port: number }> {
  const api = new ApiServer(parts);
  const server = createServer(
    { ...LIMITS, maxHeaderSize: 16_384, connectionsCheckingInterval: 2_000 },
    (request, response) => {
      void inRequest(() => api.serve(request, response));
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.maxHeadersCount = 100;
  await listen(server, address);
  const ticking = setInterval(() => api.tick(), TICK_MS);
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      clearInterval(ticking);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class ApiServer {
  readonly #parts: ApiServerParts;
  readonly #guard: ApiGuard;
  readonly #memory: MemoryBudget;
  readonly #description: string;
  readonly #page: string;

  constructor(parts: ApiServerParts) {
    this.#parts = parts;
    this.#guard = new ApiGuard(parts);
    this.#memory = new MemoryBudget(FILES_AT_ONCE * parts.fileBytes);
    const description = openApi(ENDPOINTS, parts.version);
    this.#description = JSON.stringify(description);
    this.#page = docsPage(ENDPOINTS, description);
  }

  /** Answers one request. Never throws. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    request.on('error', () => undefined);
    try {
      if (!this.#serveOpen(request, response)) await this.#serveKeyed(request, response);
    } catch (error) {
      this.#parts.log.error({ err: error }, 'a request could not be answered');
      response.destroy();
    }
  }

  tick(): void {
    try {
      const desk = this.#parts.backend()?.desk;
      if (desk) this.#guard.tick(desk);
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'the watch over wrong keys could not look at its alert');
    }
  }

  /** What anybody may see. */
  #serveOpen(request: IncomingMessage, response: ServerResponse): boolean {
    // What watches a server often asks by HEAD; Node leaves the body out then.
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    switch (pathOf(request)) {
      case '/healthz':
        return this.#serveHealth(response);
      case '/readyz':
        return this.#serveReady(response);
      case '/openapi.json':
      case '/v1/openapi.json':
        send(response, { status: 200, bytes: Buffer.from(this.#description), type: 'application/json' });
        return true;
      case '/docs':
      case '/v1/docs': {
        const headers = { 'content-security-policy': DOCS_POLICY };
        send(response, { status: 200, bytes: Buffer.from(this.#page), type: 'text/html; charset=utf-8', headers });
        return true;
      }
      default:
        return false;
    }
  }

  /** A sealed bot does what it should: nobody gains by a restart. */
  #serveHealth(response: ServerResponse): true {
    const backend = this.#parts.backend();
    const ok = backend === undefined || this.#isInTouch(backend);
    send(response, { status: ok ? 200 : 503, json: { ok } });
    return true;
  }

  #serveReady(response: ServerResponse): true {
    const backend = this.#parts.backend();
    const ready = backend?.desk !== undefined && this.#isInTouch(backend);
    send(response, { status: ready ? 200 : 503, json: { ready } });
    return true;
  }

  #isInTouch({ lastContact }: ApiBackend): boolean {
    return this.#parts.clock() - lastContact < SILENCE_MS;
  }

  async #serveKeyed(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reference = currentRequest() ?? '';
    const asked = askedLanguage(request);
    let words = errorWords(asked ?? 'en', reference, this.#parts.log);
    const leaving = new AbortController();
    response.on('close', () => leaving.abort());
    try {
      const matched = matchEndpoint(ENDPOINTS, request.method ?? '', urlOf(request));
      const desk = this.#parts.backend()?.desk;
      if (!desk || desk.signal.aborted) throw new HttpError('unavailable', 'sealed', { reason: 'api-sealed' });
      const opened = this.#guard.open(request, desk);
      words = errorWords(asked ?? opened.caller.language, reference, this.#parts.log);
      const more = { request, desk, opened, words, memory: this.#memory, leaving: leaving.signal };
      const reply = await handleRequest(this.#guard, { ...matched, ...more });
      if (!('stream' in reply)) return send(response, reply, reference);
      await sendEvents(response, reply, (thrown) => words.of(thrown));
    } catch (thrown) {
      const { status, headers } = httpFailure(thrown);
      const json = { error: words.of(thrown) };
      // Whoever still sends a body that nobody reads is not to send another request behind it.
      const isUnread = !request.complete && { connection: 'close' };
      send(response, { status, json, headers: { ...headers, ...isUnread } }, reference);
    }
  }
}

function send(response: ServerResponse, reply: Exclude<Reply, { stream: unknown }>, reference = ''): void {
  if (response.destroyed || response.headersSent) return;
  const isJson = 'json' in reply;
  const bytes = isJson ? Buffer.from(JSON.stringify(reply.json)) : reply.bytes;
  response.writeHead(reply.status, {
    ...SAFE_HEADERS,
    'content-type': isJson ? 'application/json' : reply.type,
    'content-length': bytes.length,
    ...(reference !== '' && { 'x-request-id': reference }),
    ...reply.headers,
  });
  response.end(bytes);
}

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), with a comment now and then so that no proxy takes a thinking model for a dead one. */
async function sendEvents(
  response: ServerResponse,
  { stream }: Extract<Reply, { stream: unknown }>,
  inWords: (thrown: unknown) => unknown,
): Promise<void> {
  const headers = { ...SAFE_HEADERS, 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };
  response.writeHead(200, headers);
  response.flushHeaders();
  const event = (name: string, data: unknown) =>
    void response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  const beat = setInterval(() => void response.write(': still here\n\n'), BEAT_MS);
  try {
    await stream(event);
  } catch (thrown) {
    event('error', { error: inWords(thrown) });
  } finally {
    clearInterval(beat);
    response.end();
  }
}

function urlOf(request: IncomingMessage): URL {
  const url = URL.parse(request.url ?? '/', 'http://api.invalid');
  if (url === null) throw new HttpError('not-found', 'no address', { reason: 'api-no-path' });
  return url;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?')[0]!;
}

function listen(server: Server, address: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new AppError(
          'conflict',
          `The address ${address.host}:${address.port} cannot be used (${error.code ?? 'unknown'}).`,
          {
            hint: 'Set api.listen (KINKEEPER_API_LISTEN) to another address, or to an empty text to turn it off.',
            cause: error,
          },
        ),
      );
    });
    server.listen(address.port, address.host, () => resolve());
  });
}
