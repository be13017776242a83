import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../lab/python-child.ts';
import { programPath } from './programs-here.ts';

/** What becomes of a request on its way. cut: the connection breaks after half of its body; refuse: our keys have no right to that. */
export type S3Passage =
  | 'pass'
  | 'cut'
  | 'fail'
  | 'refuse'
  | { readonly headers?: Record<string, string>; readonly body?: (body: Buffer) => Buffer };

/** A real S3 server (versitygw, on a folder) behind a proxy that can spoil what passes. */
export interface S3Server {
  readonly endpoint: string;
  readonly bucket: string;
  /** The folder of the bucket. */
  readonly folder: string;
  readonly keys: { readonly accessKey: () => string; readonly secretKey: () => string };
  /** Bytes of bodies that came to the proxy. */
  received(): number;
  /** Decides about each request, by its method and path with query. */
  setPassage(decide: (method: string, path: string) => S3Passage): void;
  stop(): Promise<void>;
}

/** Starts both on free ports of the loopback. */
export async function startS3Server(): Promise<S3Server> {
  const root = mkdtempSync(join(tmpdir(), 'kin-s3-'));
  const [data, sidecar] = [join(root, 'data'), join(root, 'sidecar')];
  const folder = join(data, 'kin');
  for (const path of [data, sidecar, folder]) mkdirSync(path);
  const port = await freePort();
  const account = { ROOT_ACCESS_KEY_ID: 'kinkeeper', ROOT_SECRET_ACCESS_KEY: 'a secret for tests' };
  const args = ['--quiet', '--port', `127.0.0.1:${port}`, 'posix', '--sidecar', sidecar, data];
  const server = spawn(programPath('versitygw')!, args, { env: { ...process.env, ...account }, stdio: 'ignore' });
  await listening(port);
  let decide: (method: string, path: string) => S3Passage = () => 'pass';
  let received = 0;
  const proxy = createServer((from, to) => {
    from.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    void pass(from, to, { port, passage: decide(from.method!, from.url!) }).catch(() => to.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(proxy.address() as { port: number }).port}`,
    bucket: 'kin',
    folder,
    keys: { accessKey: () => account.ROOT_ACCESS_KEY_ID, secretKey: () => account.ROOT_SECRET_ACCESS_KEY },
    received: () => received,
    setPassage: (next) => {
      decide = next;
    },
    stop: async () => {
      proxy.closeAllConnections();
      proxy.close();
      server.kill();
      await once(server, 'exit');
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function pass(
  from: IncomingMessage,
  to: ServerResponse,
  { port, passage }: { port: number; passage: S3Passage },
): Promise<void> {
  if (passage === 'cut') {
    await once(from, 'data');
    from.socket.destroy();
    return;
  }
  const body = await buffer(from);
  if (passage === 'fail') {
    to.writeHead(500).end('<html>the server is away</html>');
    return;
  }
  if (passage === 'refuse') {
    to.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
    return;
  }
  const { method, url, headers } = from;
  const asked = request({ host: '127.0.0.1', port, method, path: url, headers });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const content = await buffer(answer);
  const changed = passage === 'pass' ? {} : passage;
  const told = changed.body?.(content) ?? content;
  const length = content.length === 0 ? {} : { 'content-length': String(told.length) };
  to.writeHead(answer.statusCode!, { ...answer.headers, ...length, ...changed.headers });
  to.end(told);
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    await sleep(50);
  }
}
