import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { QdrantServer } from '../../../core/qdrant/qdrant-server.ts';
import { listen } from '../../listen.ts';
import { freePort } from '../python-child.ts';
import { type FakeDisk, type FakeQdrant, startFakeQdrant } from './fake-qdrant.ts';

/** Path of a real Qdrant program; without it the strict stand-in is used. */
export const REAL_QDRANT = process.env.KINKEEPER_TEST_QDRANT;

/** A Qdrant for tests, with everything that it was sent. */
export interface TestQdrant extends AsyncDisposable {
  readonly kind: 'real' | 'stand-in' | 'given';
  readonly url: string;
  readonly apiKey: string;
  /** Lines and bodies of all requests so far. */
  readonly received: Buffer[];
  /** While true, requests are taken and never answered. */
  silent: boolean;
  /** Nobody answers any more, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
}

/** Address and key of a Qdrant that runs somewhere; it needs `jwt_rbac: true`. */
export interface GivenQdrant {
  readonly url: string;
  readonly apiKey: string;
}

/**
 * Starts a real server when the environment names one, else the stand-in; or uses the one that is given, and deletes at the
 * end what was made there. Always behind a proxy that keeps what was sent.
 */
export async function startQdrant(given?: GivenQdrant): Promise<TestQdrant> {
  const apiKey = given?.apiKey ?? randomBytes(24).toString('hex');
  const received: Buffer[] = [];
  const backend = given
    ? givenBackend(given, received)
    : REAL_QDRANT
      ? realBackend(REAL_QDRANT, apiKey)
      : fakeBackend(apiKey);
  await backend.up();
  let isUp = true;
  const proxy = createServer(async (request, response) => {
    const body = await buffer(request);
    if (!isUp) return request.socket.destroy();
    if (server.silent) return;
    received.push(Buffer.from(`${request.method} ${request.url}\n`), body);
    const { host: _host, ...headers } = request.headers;
    const init = { method: request.method!, headers: headers as Record<string, string> };
    try {
      const answer = await fetch(`${backend.url()}${request.url}`, body.length > 0 ? { ...init, body } : init);
      const bytes = Buffer.from(await answer.arrayBuffer());
      const type = answer.headers.get('content-type') ?? 'application/json';
      response.writeHead(answer.status, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
    } catch {
      // The server went away in the middle: whoever asked sees the same.
      request.socket.destroy();
    }
  });
  const server: TestQdrant = {
    silent: false,
    kind: given ? 'given' : REAL_QDRANT ? 'real' : 'stand-in',
    url: `http://127.0.0.1:${await listen(proxy)}`,
    apiKey,
    received,
    async down() {
      isUp = false;
      await backend.down();
    },
    async up() {
      await backend.up();
      isUp = true;
    },
    async [Symbol.asyncDispose]() {
      proxy.closeAllConnections();
      proxy.close();
      await backend.down();
      await backend.remove();
    },
  };
  return server;
}

interface Backend {
  url(): string;
  up(): Promise<void>;
  down(): Promise<void>;
  remove(): void | Promise<void>;
}

function fakeBackend(apiKey: string): Backend {
  const disk: FakeDisk = new Map();
  let server: FakeQdrant | undefined;
  return {
    url: () => server!.url,
    async up() {
      server = await startFakeQdrant(apiKey, disk);
    },
    async down() {
      await server?.[Symbol.asyncDispose]();
    },
    remove() {},
  };
}

/** A server of somebody's own: only collections that were made through the proxy are removed. */
function givenBackend({ url, apiKey }: GivenQdrant, received: readonly Buffer[]): Backend {
  return {
    url: () => url.replace(/\/+$/, ''),
    up: () => Promise.resolve(),
    down: () => Promise.resolve(),
    async remove() {
      const made = received.flatMap(
        (line) => /^PUT \/collections\/([^/?\n]+)[?\n]/.exec(line.toString('latin1'))?.[1] ?? [],
      );
      const server = new QdrantServer({ url, apiKey });
      for (const name of new Set(made)) await server.drop(decodeURIComponent(name));
    },
  };
}

function realBackend(program: string, apiKey: string): Backend {
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-qdrant-'));
  let child: ChildProcess | undefined;
  let port = 0;
  return {
    url: () => `http://127.0.0.1:${port}`,
    async up() {
      port = await freePort();
      const env = {
        QDRANT__SERVICE__HOST: '127.0.0.1',
        QDRANT__SERVICE__HTTP_PORT: String(port),
        QDRANT__SERVICE__GRPC_PORT: String(await freePort()),
        QDRANT__SERVICE__API_KEY: apiKey,
        QDRANT__SERVICE__JWT_RBAC: 'true',
        QDRANT__TELEMETRY_DISABLED: 'true',
        QDRANT__LOG_LEVEL: 'WARN',
      };
      child = spawn(program, ['--disable-telemetry'], { cwd: folder, env, stdio: 'ignore' });
      await answering(`http://127.0.0.1:${port}/`, child);
    },
    async down() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`Qdrant ended with code ${child.exitCode}`);
    if (
      await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
    await sleep(50);
  }
  throw new Error('Qdrant did not answer within half a minute');
}
