import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ZodError } from 'zod';
import { BadRequest, PointStore, REQUESTS } from './point-store.ts';
import { mayUse, type Right, rightOf } from './token-check.ts';

/** A stand-in for a Qdrant server with `api_key` and `jwt_rbac: true`, in this process. It keeps what it holds over a restart. */
export interface FakeQdrant extends AsyncDisposable {
  readonly url: string;
}

interface Asked {
  readonly method: string;
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly right: Right;
}

class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`status ${status}`);
    this.status = status;
  }
}

/** What outlives a restart of the server. */
export type FakeDisk = Map<string, { store: PointStore; snapshots: Map<string, Buffer> }>;

/** Starts the stand-in on a free port of this machine, or on `port`. */
export async function startFakeQdrant(apiKey: string, disk: FakeDisk = new Map(), port = 0): Promise<FakeQdrant> {
  const server = createServer((request, response) => void answer(request, response, { apiKey, disk }));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, at: { apiKey: string; disk: FakeDisk }) {
  const send = (status: number, body: unknown) => {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const type = Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json';
    response.writeHead(status, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
  };
  try {
    const body = await buffer(request);
    const url = new URL(request.url!, 'http://fake');
    if (url.pathname === '/') return send(200, { title: 'qdrant - vector search engine', version: '1.16.3' });
    const right = rightOf(request.headers.authorization, at.apiKey);
    if (typeof right === 'number') throw new Refused(right);
    const path = url.pathname.split('/').slice(1).map(decodeURIComponent);
    const result = route({ method: request.method!, path, query: url.searchParams, body, right }, at.disk);
    send(200, Buffer.isBuffer(result) ? result : { result, status: 'ok', time: 0 });
  } catch (thrown) {
    const isBad = thrown instanceof BadRequest || thrown instanceof ZodError || thrown instanceof SyntaxError;
    const status = thrown instanceof Refused ? thrown.status : isBad ? 400 : 500;
    send(status, { status: { error: thrown instanceof Error ? thrown.message : String(thrown) }, time: 0 });
  }
}

function route(asked: Asked, disk: FakeDisk): unknown {
  const { method, path, right } = asked;
  const [root, name, ...rest] = path;
  if (root !== 'collections') throw new Refused(404);
  if (name === undefined) {
    const seen = [...disk.keys()].filter((one) => mayUse(right, one, 'read'));
    return { collections: seen.map((one) => ({ name: one })) };
  }
  const what = `${method} ${rest.slice(0, 2).join('/')}`.trim();
  if (what === 'GET exists') return allowed(mayUse(right, name, 'read')) && { exists: disk.has(name) };
  if (what === 'PUT') {
    allowed(right === 'm');
    if (disk.has(name)) throw new Refused(409);
    disk.set(name, { store: new PointStore(REQUESTS.create.parse(json(asked))), snapshots: new Map() });
    return true;
  }
  if (what === 'DELETE') return allowed(right === 'm') && disk.delete(name);
  if (rest[0] === 'snapshots') return snapshots(asked, name, disk);
  return points(what, asked, allowed(mayUse(right, name, writes(what) ? 'write' : 'read')) && found(disk, name).store);
}

function points(what: string, asked: Asked, store: PointStore): unknown {
  switch (what) {
    case 'PUT points':
      return written(asked, () => store.upsert(REQUESTS.upsert.parse(json(asked))));
    case 'POST points/delete':
      return written(asked, () => store.delete(REQUESTS.delete.parse(json(asked))));
    case 'POST points/count':
      return { count: store.count(REQUESTS.count.parse(json(asked))) };
    case 'POST points/scroll':
      return store.scroll(REQUESTS.scroll.parse(json(asked)));
    case 'POST points/query':
      if (asked.path[4] !== 'batch') throw new Refused(404);
      return REQUESTS.search.parse(json(asked)).searches.map((search) => store.search(search));
    default:
      throw new Refused(404);
  }
}

/** Without `wait=true` a write is only taken note of: it is done after the answer. */
function written(asked: Asked, write: () => void) {
  if (asked.query.get('wait') === 'true') {
    write();
    return { operation_id: 1, status: 'completed' };
  }
  setImmediate(write);
  return { operation_id: 1, status: 'acknowledged' };
}

function snapshots({ method, path, query, body, right }: Asked, name: string, disk: FakeDisk): unknown {
  const file = path[3];
  if (method === 'POST' && file === 'upload') {
    allowed(right === 'm');
    if (query.get('wait') !== 'true' || query.get('priority') !== 'snapshot') throw new BadRequest('wait, priority');
    const bytes = partOf(body);
    const checksum = query.get('checksum');
    if (checksum !== null && checksum !== createHash('sha256').update(bytes).digest('hex')) throw new Refused(400);
    const { config, points: stored } = JSON.parse(bytes.toString());
    disk.set(name, { store: new PointStore(config, stored), snapshots: new Map() });
    return true;
  }
  const { store, snapshots: kept } =
    allowed(mayUse(right, name, method === 'GET' ? 'read' : 'write')) && found(disk, name);
  if (method === 'POST' && file === undefined) {
    const made = `${name}-${randomBytes(6).toString('hex')}.snapshot`;
    const bytes = Buffer.from(JSON.stringify({ config: store.config, points: [...store.points.values()] }));
    kept.set(made, bytes);
    return {
      name: made,
      creation_time: null,
      size: bytes.length,
      checksum: createHash('sha256').update(bytes).digest('hex'),
    };
  }
  const bytes = kept.get(file ?? '');
  if (!bytes) throw new Refused(404);
  if (method === 'GET') return bytes;
  return kept.delete(file!);
}

/** The one file of a multipart body. */
function partOf(body: Buffer): Buffer {
  const head = body.indexOf('\r\n\r\n');
  const boundary = body.subarray(0, body.indexOf('\r\n'));
  const end = body.lastIndexOf(Buffer.concat([Buffer.from('\r\n'), boundary]));
  if (head < 0 || end < head || !body.subarray(0, head).includes('name="snapshot"')) throw new BadRequest('multipart');
  return body.subarray(head + 4, end);
}

function allowed(is: boolean): true {
  if (!is) throw new Refused(403);
  return true;
}

function writes(what: string): boolean {
  return what === 'PUT points' || what === 'POST points/delete';
}

function found(disk: FakeDisk, name: string) {
  const there = disk.get(name);
  if (!there) throw new Refused(404);
  return there;
}

function json({ body }: Asked): unknown {
  return JSON.parse(body.toString('utf8'));
}
