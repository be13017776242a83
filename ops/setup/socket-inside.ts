import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';

/** Joins its input and output to a port of the network that it is started in. */
const JOIN = `
  const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
  process.stdin.pipe(socket).pipe(process.stdout);
  socket.on('error', () => process.exit(1)).on('close', () => process.exit(0));
`;

/** Root's alone, all the way: no account of this machine can put another one in its place. */
const ABOVE = '/run';

/** Listening already, by the process that they lead to. */
const open = new Map<string, Promise<string>>();

/**
 * Path of a socket that leads to a port inside of a container, by the number of its first process: the networks of rootless Podman lie where the
 * host itself reaches nobody. It lies in a folder of root's that nobody else enters, as a port would be lent to every account of this machine.
 * Root only; it ends with this process. Throws AppError `unavailable`.
 */
export function socketInside(pid: number, port: number): Promise<string> {
  const key = `${pid}:${port}`;
  const known = open.get(key) ?? listen((socket) => lead(socket, pid, port));
  open.set(key, known);
  return known;
}

function listen(take: (socket: Socket) => void): Promise<string> {
  const folder = mkdtempSync(join(ABOVE, 'kinkeeper-setup-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'inside.sock');
  const server = createServer(take).unref();
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new AppError('unavailable', `no socket can be had in ${folder}`, { cause })),
    );
    server.listen(path, () => resolve(path));
  });
}

function lead(socket: Socket, pid: number, port: number): void {
  const inside = ['--net', `--target=${pid}`, '--', process.execPath, '-e', JOIN, String(port)];
  const child = spawn('nsenter', inside, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.on('error', () => socket.destroy());
  // Whoever of the two ends first ends the other.
  for (const stream of [socket, child.stdin, child.stdout]) stream.on('error', () => undefined);
  socket.on('close', () => child.kill());
  socket.pipe(child.stdin);
  child.stdout.pipe(socket);
}
