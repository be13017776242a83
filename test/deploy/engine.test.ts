import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { DEPLOY } from './door.ts';

// Where the words of people and scripts go, by what the host helper is told. `npm run prove:podman` types them for real.

const SETTINGS = '/etc/kinkeeper/kinkeeper-host.conf';
/** As Debian's podman-docker leaves it in root's log-in shells. */
const BEFORE = { DOCKER_HOST: 'unix:///run/podman/podman.sock' };

/** What a shell has in both variables after it was read there, one word each. */
async function after(settings: string | undefined, env: Record<string, string>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'kin-engine-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'settings');
  if (settings !== undefined) writeFileSync(file, settings);
  const script = readFileSync(join(DEPLOY, 'engine.sh'), 'utf8').replace(SETTINGS, file);
  const line = `set -eu\n${script}\necho "\${CONTAINER_HOST-none} \${DOCKER_HOST-none}"`;
  return (await execa('sh', ['-c', line], { env, extendEnv: false })).stdout;
}

test.each([
  [
    'Podman of an account',
    'var=/x\ncontainer_host=unix:///run/user/1000/podman/podman.sock\n',
    '/run/user/1000/podman',
  ],
  ['Podman of root', 'container_host=unix:///run/podman/podman.sock\n', '/run/podman'],
])('%s: Podman and Compose both go to its socket, whatever was said before', async (_name, settings, folder) => {
  const socket = `unix://${folder}/podman.sock`;
  for (const env of [{}, BEFORE]) expect(await after(settings, env)).toBe(`${socket} ${socket}`);
});

test.each([
  ['Docker', 'deployment=compose\n#container_host=unix:///run/podman/podman.sock\n'],
  ['a host without the helper', undefined],
])('%s: nothing is changed', async (_name, settings) => {
  expect(await after(settings, {})).toBe('none none');
  expect(await after(settings, BEFORE)).toBe(`none ${BEFORE.DOCKER_HOST}`);
});
