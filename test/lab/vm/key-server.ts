import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** Where Debian's package `tang` has it. */
export const TANG = '/usr/libexec/tangd';

/** Of the key server in the network outside of a machine. */
export const KEY_SERVER_PORT = 7500;

// Started as a program, with the folder of its keys: a real Tang, once for each connection, as systemd has it.
if (import.meta.main) {
  const [, , keys = ''] = process.argv;
  const server = createServer((socket) => {
    const tang = spawn(TANG, [keys], { stdio: ['pipe', 'pipe', 'inherit'] });
    for (const stream of [socket, tang.stdin, tang.stdout]) stream.on('error', () => socket.destroy());
    socket.on('close', () => tang.kill());
    socket.pipe(tang.stdin);
    tang.stdout.pipe(socket);
  });
  server.listen(KEY_SERVER_PORT);
}
