import { spawn } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { AppError } from '../../core/errors.ts';

/** Joins its input and output to a port of the network that it is started in. */
const JOIN = `
  const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
  process.stdin.pipe(socket).pipe(process.stdout);
  socket.on('error', () => process.exit(1)).on('close', () => process.exit(0));
`;

/** Listening already, by the process that they lead to. */
const open = new Map<string, Promise<number>>();

/**
 * A port at this machine's 127.0.0.1 that leads to a port inside of a container, by the number of its first process: the networks of rootless
 * Podman lie where the host itself reaches nobody. Root only; it ends with this process. Throws AppError `unavailable`.
 */
export function portInside(pid: number, port: number): Promise<number> {
  const key = `${pid}:${port}`;
  const known = open.get(key) ?? listen((socket) => lead(socket, pid, port));
  open.set(key, known);
  return known;
}

function listen(take: (socket: Socket) => void): Promise<number> {
  const server = createServer(take).unref();
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new AppError('unavailable', 'no port of 127.0.0.1 can be had', { cause })));
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
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
