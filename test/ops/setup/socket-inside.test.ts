import { rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { askBySocket } from '../../../ops/setup/ask-by-socket.ts';
import { socketInside } from '../../../ops/setup/socket-inside.ts';
import { SynapseAdmin } from '../../../ops/setup/synapse-admin.ts';
import { listen } from '../../listen.ts';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Left out: only root can enter the network of another process.');

/** One of this process, whose end a worker of tests does not see. */
async function socketTo(port: number): Promise<string> {
  const socket = await socketInside(process.pid, port);
  onTestFinished(() => rmSync(dirname(socket), { recursive: true, force: true }));
  return socket;
}

test.runIf(isRoot)('a homeserver inside of a process’s network is asked by root alone', async () => {
  const seen: string[] = [];
  const server = createServer(async (asked, answer) => {
    const body = (await asked.toArray()).join('');
    seen.push(`${asked.method} ${asked.url} ${asked.headers.authorization} ${body}`);
    if (asked.url?.endsWith('/logout')) answer.writeHead(204).end();
    else answer.end(JSON.stringify({ access_token: 't' }));
  });
  onTestFinished(() => void server.close());
  const there = await listen(server);
  const socket = await socketTo(there);
  const admin = new SynapseAdmin('http://127.0.0.1:8008', 's', async () => {}, askBySocket(socket));
  const [opens] = await Promise.all([
    admin.opens({ user: 'kin', password: 'p' }),
    admin.liftRateLimit('@kin:home.test', 'token'),
  ]);
  expect(opens).toBe(true);
  expect(seen.toSorted()).toEqual([
    expect.stringMatching(/^POST \/_matrix\/client\/v3\/login undefined \{.*"password":"p"/),
    'POST /_matrix/client/v3/logout Bearer t {}',
    expect.stringMatching(/^POST \/_synapse\/admin\/v1\/users\/%40kin%3Ahome.test\/override_ratelimit Bearer token \{/),
  ]);
  // The same one again, for who asks again.
  expect(await socketInside(process.pid, there)).toBe(socket);
  expect(statSync(dirname(socket))).toMatchObject({ uid: 0, mode: 0o40700 });
  const asking = ['-e', `require('node:net').connect(process.argv[1]).on('error', (e) => console.log(e.code))`, socket];
  const other = await execa(process.execPath, asking, { uid: 4321, gid: 4321, cwd: '/' });
  expect(other.stdout).toBe('EACCES');
});

test.runIf(isRoot)('where nobody listens inside, that is told', async () => {
  const admin = new SynapseAdmin('http://127.0.0.1:8008', 's', async () => {}, askBySocket(await socketTo(9)));
  await expect(admin.logIn({ user: 'kin', password: 'p' })).rejects.toMatchObject({ code: 'unavailable' });
});

test.runIf(isRoot)('nothing of it is left when set-up has ended', async () => {
  const module = new URL('../../../ops/setup/socket-inside.ts', import.meta.url).href;
  const script = `const { socketInside } = await import('${module}'); console.log(await socketInside(process.pid, 9))`;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', script]);
  expect(statSync(dirname(stdout), { throwIfNoEntry: false })).toBeUndefined();
});
