import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

// What restore.sh does around the restore itself, which a `docker` that lays what a restore would lay stands for. `npm run prove:compose` has all of it
// for real.

const SCRIPT = fileURLToPath(new URL('../../config/deploy/restore.sh', import.meta.url));
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Left out: only root can give files to other accounts, so restore.sh is not tried.');

let folder: string;
let data: string;
let archive: string;
let key: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-restore-'));
  data = join(folder, 'data');
  for (const name of ['state', 'backups', 'synapse/media_store', 'config'])
    mkdirSync(join(data, name), { recursive: true });
  if (isRoot) layFor({ state: 10_001, synapse: 991 });
  writeFileSync(join(data, 'synapse/signing.key'), 'of set-up');
  writeFileSync(join(data, 'config/kinkeeper.yaml'), 'of set-up');
  writeFileSync(join(folder, 'docker-compose.yml'), '');
  writeFileSync(join(folder, '.env'), `KINKEEPER_DATA=${data}\n`);
  archive = join(data, 'backups/kin-20261130T031500Z-1a2b3c.tar.zst.gpg');
  writeFileSync(archive, 'sealed', { mode: 0o600 });
  key = join(folder, 'key.asc');
  writeFileSync(key, 'private', { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As set-up lays them: with Podman of an account by the numbers that accounts of containers have on the host. */
function layFor(owners: Readonly<Record<string, number>>): void {
  for (const [name, number] of Object.entries(owners)) chownSync(join(data, name), number, number);
}

/** `fails`: the restore refuses, as for a wrong passphrase. */
async function restore({
  fails = false,
  args = [archive, key],
  lays = '',
}: {
  fails?: boolean;
  args?: string[];
  lays?: string;
} = {}) {
  const laid = join(data, 'restore');
  writeFileSync(
    join(folder, 'docker'),
    `#!/bin/sh
echo "$*" >>${folder}/calls
for word; do case $word in *:/run/key:ro) cp -r "\${word%%:*}" ${folder}/lent
  (cd "\${word%%:*}" && stat -c '%n %u:%g %a' . key.asc) >${folder}/lent-access ;; esac; done
${fails ? 'exit 1' : ''}
mkdir -p ${laid}/homeserver/media_store/local ${laid}/config
echo picture >${laid}/homeserver/media_store/local/one
for name in signing.key homeserver.yaml; do echo restored >${laid}/homeserver/$name; done
for name in kinkeeper.yaml backup-recipients.asc; do echo restored >${laid}/config/$name; done
cd ${laid} && { ${lays || ':'}; }
`,
  );
  chmodSync(join(folder, 'docker'), 0o755);
  const { exitCode, stderr } = await execa(SCRIPT, [folder, ...args], {
    env: { PATH: `${folder}:${process.env.PATH}` },
    ...{ reject: false, input: '' },
  });
  return { exitCode, stderr };
}
const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
const access = (name: string) => {
  const { uid, gid, mode } = statSync(join(data, name));
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
};

test.runIf(isRoot)('what came back lies where the services look for it, and belongs to them', async () => {
  expect(await restore()).toEqual({ exitCode: 0, stderr: '' });
  expect(calls()).toEqual([
    expect.stringMatching(
      /--profile restore run --rm -T --volume \S+:\/run\/key:ro restore \/data\/backups\/kin-\S+\.gpg --key \/run\/key\/key\.asc$/,
    ),
  ]);
  for (const name of ['synapse/signing.key', 'config/kinkeeper.yaml', 'config/backup-recipients.asc'])
    expect(readFileSync(join(data, name), 'utf8'), name).toBe('restored\n');
  expect(access('synapse/signing.key')).toBe('991:991 640');
  expect(access('synapse/media_store/local')).toBe('991:991 2750');
  expect(access('synapse/media_store/local/one')).toBe('991:991 640');
  expect(access('config/kinkeeper.yaml')).toBe('0:0 644');
  // Who could add a key here would have every backup from now on.
  expect(access('config/backup-recipients.asc')).toBe('0:0 644');
  expect(statSync(archive).uid).toBe(10_001);
  expect(existsSync(join(data, 'restore'))).toBe(false);
});

test.runIf(isRoot)(
  'with Podman of an account all belongs to the numbers that its containers have on the host',
  async () => {
    layFor({ state: 110_000, synapse: 100_990 });
    expect(await restore()).toEqual({ exitCode: 0, stderr: '' });
    expect(readFileSync(join(folder, 'lent-access'), 'utf8')).toBe('. 110000:110000 700\nkey.asc 110000:110000 600\n');
    expect(statSync(archive).uid).toBe(110_000);
    expect(access('synapse/signing.key')).toBe('100990:100990 640');
    expect(access('synapse/media_store/local/one')).toBe('100990:100990 640');
    expect(access('config/kinkeeper.yaml')).toBe('0:0 644');
  },
);

test.runIf(isRoot)('a folder that set-up has not laid for anybody: it says so, and starts nothing', async () => {
  layFor({ synapse: 0 });
  expect(await restore()).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('belongs to root') });
  expect(existsSync(join(folder, 'calls'))).toBe(false);
});

test.runIf(isRoot)('the key is lent to the one account that reads it, and is nowhere afterwards', async () => {
  await restore({ fails: true });
  expect(readFileSync(join(folder, 'lent/key.asc'), 'utf8')).toBe('private');
  expect(readFileSync(join(folder, 'lent-access'), 'utf8')).toBe('. 10001:10001 700\nkey.asc 10001:10001 600\n');
  const lent = /--volume (\S+):\/run\/key/.exec(calls()[0]!)![1]!;
  expect(lent).toMatch(/^\/dev\/shm\//);
  expect(existsSync(lent)).toBe(false);
});

test.runIf(isRoot)('a restore that refuses leaves everything as set-up laid it', async () => {
  expect(await restore({ fails: true })).toMatchObject({ exitCode: 1 });
  expect(readFileSync(join(data, 'synapse/signing.key'), 'utf8')).toBe('of set-up');
  expect(readFileSync(join(data, 'config/kinkeeper.yaml'), 'utf8')).toBe('of set-up');
});

test.runIf(isRoot)('cut off once all was restored, it only takes the rest to its place', async () => {
  writeFileSync(join(data, 'synapse/media_store/in-the-way'), '');
  expect(await restore()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('move it aside') });
  rmSync(join(data, 'synapse/media_store/in-the-way'));
  expect(await restore()).toEqual({ exitCode: 0, stderr: '' });
  expect(calls()).toHaveLength(1);
  expect(access('synapse/media_store/local/one')).toBe('991:991 640');
});

test.runIf(isRoot).each([
  ['a link in the place of settings', (secret: string) => `ln -sf ${secret} config/kinkeeper.yaml`],
  ['a link among the media', (secret: string) => `ln -s ${secret} homeserver/media_store/local/two`],
  ['a second name of a file of root', (secret: string) => `ln ${secret} homeserver/media_store/local/two`],
])('%s, by the account that the container has: nothing is taken, and root’s file stays root’s', async (_name, lays) => {
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'of root', { mode: 0o600 });
  expect(await restore({ lays: lays(secret) })).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('is no plain file'),
  });
  expect(statSync(secret)).toMatchObject({ uid: 0, mode: 0o100600 });
  expect(readFileSync(join(data, 'config/kinkeeper.yaml'), 'utf8')).toBe('of set-up');
});

test.runIf(isRoot)('a link among the backups gives nobody else’s file away', async () => {
  const secret = join(folder, 'secret');
  writeFileSync(secret, 'of root', { mode: 0o600 });
  symlinkSync(secret, join(data, 'backups/kin-x'));
  expect(await restore()).toEqual({ exitCode: 0, stderr: '' });
  expect(statSync(secret).uid).toBe(0);
});

test.runIf(isRoot)('looking at a backup takes nothing anywhere', async () => {
  expect(await restore({ args: [archive, key, '--check'] })).toEqual({ exitCode: 0, stderr: '' });
  expect(readFileSync(join(data, 'config/kinkeeper.yaml'), 'utf8')).toBe('of set-up');
});

test.runIf(isRoot).each([
  ['a backup that lies elsewhere', () => [key, key], 'has to lie in'],
  ['no key', () => [archive, '/nowhere'], 'there is no key'],
  ['too few words', () => [archive], 'wanted:'],
])('%s: it says what is wanted, and starts nothing', async (_name, args, says) => {
  expect(await restore({ args: args() })).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(says) });
  expect(existsSync(join(folder, 'calls'))).toBe(false);
});
