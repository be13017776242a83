import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { composeFolders } from '../../../ops/setup/plan/compose-folders.ts';
import { composeSecrets } from '../../../ops/setup/plan/compose-secrets.ts';
import { randomStream, testSeed } from '../../bot/random.ts';
import { PATIENCE_MS } from '../../patience.ts';
import { HARDEN, HardenHost, withoutLeft } from './harden-host.ts';

// What a measure does with a host, on a root folder of the test's own; on a whole machine `npm run prove:host` does it.

let stage: HardenHost;
beforeEach(() => {
  stage = new HardenHost();
});
afterEach(() => stage.remove());

const APT = 'etc/apt/apt.conf.d/zz-kinkeeper-updates';

test('every measure says what it is for, and reads as a script of the shell', async () => {
  const { code, out } = await stage.run('list');
  expect(code).toBe(0);
  const folder = join(HARDEN, '..', 'measures');
  expect(out.split('\n').map((line) => line.split('\t')[0])).toEqual(
    expect.arrayContaining(readdirSync(folder).map((name) => name.replace('.sh', ''))),
  );
  for (const line of out.split('\n')) expect(line).toMatch(/^[a-z0-9]+\t\S.{20,}/);
  for (const name of readdirSync(folder)) execaSync('/bin/sh', ['-n', join(folder, name)]);
});

test('a plan shows the change and makes none', async () => {
  const before = stage.state();
  const { code, out } = await stage.run('plan', 'updates');
  expect(out).toContain('+APT::Periodic::Unattended-Upgrade "1";');
  expect(out).toContain('then: the timers of apt');
  expect(code).toBe(0);
  expect(stage.state()).toEqual(before);
});

test('what was applied is so, is so again, and is undone to the last byte', async () => {
  const before = stage.state();
  expect((await stage.run('verify', 'updates')).code).toBe(1);
  expect(await stage.run('apply', 'updates')).toMatchObject({ code: 0, out: 'updates: applied' });
  const { code, out } = await stage.run('verify', 'updates');
  expect(out).toMatch(/^updates\tpass\tupgrade\t/m);
  expect(code).toBe(0);
  expect((await stage.run('apply', 'updates')).out).toBe('updates: already so');
  expect((await stage.run('plan', 'updates')).out).toBe('updates: nothing to change');
  expect(await stage.run('undo', 'updates')).toMatchObject({ code: 0, out: 'updates: as it was before' });
  expect(stage.state()).toEqual(before);
  expect(stage.host.acts()).toMatch(/harden updates: applied\n.*harden updates: undo\n.*as it was before\n$/);
});

test('what others change afterwards is told, and is not lost by an undo', async () => {
  await stage.run('apply', 'updates');
  stage.write(APT, 'APT::Periodic::Unattended-Upgrade "0";\n');
  expect((await stage.run('verify', 'updates')).code).toBe(1);
  const { out } = await stage.run('undo', 'updates');
  const aside = /as it was then: (\S+)/.exec(out)![1]!;
  expect(readFileSync(aside, 'utf8')).toBe('APT::Periodic::Unattended-Upgrade "0";\n');
  expect(existsSync(join(stage.host.root, APT))).toBe(false);
});

test('a measure that does not take hold is taken back by itself', async () => {
  // Somebody's file that is read after ours.
  stage.write('etc/apt/apt.conf.d/zzz-other', 'APT::Periodic::Unattended-Upgrade "0";\n');
  const before = stage.state();
  const { code, out } = await stage.run('apply', 'updates');
  expect(out).toMatch(/^updates\tfail\tupgrade\t.*\nupdates: it did not take hold.*everything is as it was before$/s);
  expect(code).toBe(1);
  expect(stage.state()).toEqual(before);
});

test.each<[string, () => void]>([
  ['a link', () => symlinkSync('20auto-upgrades', join(stage.host.root, APT))],
  ['read by few', () => stage.write(APT, '// Somebody’s own.\n', 0o640)],
])('a file of before in the place of ours comes back as it was: %s', async (_what, lay) => {
  lay();
  const before = stage.state();
  expect((await stage.run('apply', 'updates')).code).toBe(0);
  expect(stage.state()[join(stage.host.root, APT)]).toMatch(/^644 .*Written by kinkeeper-harden/s);
  await stage.run('undo', 'updates');
  expect(stage.state()).toEqual(before);
});

test('what was cut off in the middle does not pass', async () => {
  stage.host.fake(
    'systemctl',
    `case "$*" in *unmask*) kill -KILL 0 ;; esac; exec ${stage.host.real('systemctl')} "$@"`,
  );
  expect((await stage.run('apply', 'updates')).signal).toBe('SIGKILL');
  stage.host.fake('systemctl', `exec ${stage.host.real('systemctl')} "$@"`);
  const { code, out } = await stage.run('verify', 'updates');
  expect(out).toMatch(/^updates\tfail\tapplied\tcut off in the middle: apply it again, or undo it$/m);
  expect(code).toBe(1);
});

test('one at a time: a second one waits for the first', async () => {
  const held = execa('flock', [join(stage.host.var, 'harden.lock'), '-c', 'echo held; read -r over']);
  await new Promise((resolve) => held.stdout.once('data', resolve));
  stage.host.fake('flock', `: >${stage.host.dir}/waits; exec /usr/bin/flock "$@"`);
  const before = stage.state();
  const waiting = stage.run('apply', 'updates');
  const isDone = () => existsSync(join(stage.host.root, APT));
  await vi.waitUntil(() => existsSync(join(stage.host.dir, 'waits')) || isDone(), { timeout: PATIENCE_MS });
  expect(stage.state()).toEqual(before);
  held.stdin.end('over\n');
  await held;
  expect(await waiting).toMatchObject({ code: 0, out: 'updates: applied' });
});

test('what would be kept where others can write to is not begun', async () => {
  chmodSync(stage.host.var, 0o770);
  const before = stage.state();
  const { code, out } = await stage.run('apply', 'updates');
  expect(out).toMatch(/var, and every folder above it, must belong to root/);
  expect(code).toBe(1);
  expect(stage.state()).toEqual(before);
});

test('nothing is done by halves where a package is missing or a setting is wrong', async () => {
  const before = stage.state();
  stage.host.configure({ reboot_time: '25:00' });
  expect((await stage.run('apply', 'updates')).out).toMatch(
    /refused, nothing was changed: reboot_time has to be a time like 04:30/,
  );
  rmSync(join(stage.host.bin, 'unattended-upgrade'));
  expect((await stage.run('apply', 'updates')).out).toBe(
    'updates: refused: missing packages. Install them first: apt-get install unattended-upgrades',
  );
  expect((await stage.run('packages', 'updates')).out).toBe('unattended-upgrades');
  expect((await stage.run('verify', 'updates')).out).toBe(
    'updates\tfail\tpackages\tnot installed: unattended-upgrades',
  );
  expect(stage.state()).toEqual(before);
});

test('what is missing is told once, for apt-get; help is there without settings', async () => {
  const packages = (await stage.run('packages')).out.split('\n');
  expect(packages).toContain('auditd');
  expect(packages).toEqual([...new Set(packages)]);
  const help = execaSync('/bin/sh', [HARDEN, '--help']).stdout;
  for (const act of ['list', 'packages', 'plan', 'apply', 'confirm', 'verify', 'undo', 'unlock', 'return'])
    expect(help).toContain(`kinkeeper-harden CONFIG ${act}`);
  expect((await stage.run('--help')).out).toBe(help);
  expect(help).not.toMatch(/^[#!]|set -u/m);
});

test('a setting that does not do is told, not passed over', async () => {
  for (const name of ['wg', 'wg-quick', 'ip']) stage.host.fake(name, 'echo x');
  stage.host.configure({ vpn_peers: 'adas.phone', vpn_endpoint: 'home.example' });
  for (const act of ['plan', 'apply']) {
    const { code, out } = await stage.run(act, 'wireguard');
    expect(out).toMatch(/vpn_peers: a device is named by up to 32 letters, digits, - and _, not adas\.phone/);
    expect(code).toBe(1);
  }
});

test('nothing is put where others than root could change it', async () => {
  const folder = join(stage.host.root, 'etc/apt/apt.conf.d');
  chmodSync(folder, 0o777);
  const before = stage.state();
  const { code, out } = await stage.run('apply', 'updates');
  expect(out).toMatch(/zz-kinkeeper-updates: the folder, or one above it, can be changed by others than root/);
  expect(out).toContain('everything is as it was before');
  expect(code).toBe(1);
  expect(stage.state()).toEqual(before);
});

test('nobody but root may', async () => {
  await stage.run('apply', 'updates');
  const before = stage.state();
  stage.host.fake('id', 'echo 1000');
  stage.host.configure({ root: '' });
  for (const act of ['undo', 'confirm']) {
    const { code, out } = await stage.run(act, 'updates');
    expect(out).toContain('only root can do this: sudo');
    expect(code).not.toBe(0);
  }
  expect(stage.state()).toEqual(before);
});

test('calls that are none are answered with how they go', async () => {
  for (const args of [[], ['apply'], ['apply', 'nothing'], ['weaken', 'ssh']])
    expect((await stage.run(...args)).code).toBe(2);
});

describe('killed anywhere', () => {
  const seed = testSeed();
  const random = randomStream(seed);
  test(`it can be gone on from, and gone back from (seed ${seed})`, async () => {
    const before = stage.state();
    stage.host.killAt(0);
    await stage.run('apply', 'updates');
    const calls = stage.host.killNoMore();
    const applied = stage.state();
    await stage.run('undo', 'updates');
    for (let turn = 0; turn < 12; turn++) {
      stage.host.killAt(1 + Math.floor(random() * calls));
      await stage.run('apply', 'updates');
      stage.host.killNoMore();
      if (turn % 2 === 0) {
        expect((await stage.run('apply', 'updates')).code).toBe(0);
        expect(withoutLeft(stage.state())).toEqual(applied);
      }
      expect((await stage.run('undo', 'updates')).code).toBe(0);
      expect(withoutLeft(stage.state())).toEqual(before);
    }
  });
});

describe('modes', () => {
  test('what is loose becomes tight, and is put back as it was', async () => {
    const data = '/srv/kinkeeper';
    stage.write(`${data}/secrets/bot-password`, 'x', 0o644);
    stage.write(`${data}/config/kinkeeper.yaml`, 'x', 0o666);
    stage.write(`${data}/setup.json`, 'x', 0o644);
    stage.write(`${data}/tls-authority/ca.key`, 'x', 0o644);
    stage.write(`${data}/tls/pair.x/server-key.pem.bak`, 'x', 0o644);
    stage.write(`${data}/tls/pair.x/both.pem`, 'x', 0o644);
    stage.write(`${data}/tls/pair.x/fullchain.pem`, 'x', 0o644);
    const before = stage.state();
    expect((await stage.run('verify', 'modes')).out).toMatch(/fail\tmodes\t.*bot-password: mode 644 -> 600/);
    expect((await stage.run('apply', 'modes')).code).toBe(0);
    expect((await stage.run('verify', 'modes')).code).toBe(0);
    for (const tight of ['secrets/bot-password', 'setup.json', 'tls-authority/ca.key', 'tls/pair.x/both.pem'])
      expect(stage.state()[join(stage.host.root, data, tight)], tight).toBe('600 x');
    expect(stage.state()[join(stage.host.root, data, 'tls/pair.x/server-key.pem.bak')]).toBe('600 x');
    expect(stage.state()[join(stage.host.root, data, 'tls/pair.x/fullchain.pem')]).toBe('644 x');
    expect(stage.state()[join(stage.host.root, data, 'tls-authority')]).toBe('700 ');
    await stage.run('undo', 'modes');
    expect(stage.state()).toEqual(before);
  });

  test('a folder that passes on its group becomes tight as well', async () => {
    stage.write('srv/kinkeeper/backups/one', 'x');
    const backups = join(stage.host.root, 'srv/kinkeeper/backups');
    chmodSync(backups, 0o2775);
    expect(await stage.run('apply', 'modes')).toMatchObject({ code: 0, out: 'modes: applied' });
    expect(stage.state()[backups]).toBe('700 ');
    await stage.run('undo', 'modes');
    expect(stage.state()[backups]).toBe('2775 ');
  });

  const isRoot = process.getuid?.() === 0;
  test.runIf(isRoot)('nor does anything change below a folder that others can change', async () => {
    const theirs = join(stage.host.root, 'usr/lib');
    mkdirSync(join(theirs, 'kinkeeper-host'), { recursive: true });
    chmodSync(join(theirs, 'kinkeeper-host'), 0o777);
    chownSync(theirs, 12345, 12345);
    const before = stage.state();
    expect((await stage.run('apply', 'modes')).code).toBe(0);
    expect(stage.state()).toEqual(before);
  });

  if (!isRoot) console.log('Left out: only root can give files to the accounts that set-up gives them to.');
  test.runIf(isRoot)('what set-up makes is tight, and stays as it is', async () => {
    const data = '/srv/kinkeeper';
    const { folders, secrets } = composeSecrets(data, { hasQdrant: true, makesAccounts: true });
    const files = secrets.map(({ path, mode, owner }) => ({ path, mode, owner }));
    for (const { path, mode, owner } of [...composeFolders({ data }), ...folders, ...files]) {
      const place = join(stage.host.root, path);
      if (files.some((file) => file.path === path)) stage.write(path, 'x', mode);
      else mkdirSync(place, { recursive: true });
      chownSync(place, owner.uid, owner.gid);
      chmodSync(place, mode);
    }
    const before = stage.state();
    expect(await stage.run('verify', 'modes')).toMatchObject({ code: 0 });
    await stage.run('apply', 'modes');
    expect(stage.state()).toEqual(before);
  });

  test('a link to a file of somebody else’s changes nothing there', async () => {
    const file = join(stage.host.dir, 'other');
    writeFileSync(file, 'x', { mode: 0o644 });
    stage.write('srv/kinkeeper/config/kinkeeper.yaml', 'x');
    symlinkSync(file, join(stage.host.root, 'srv/kinkeeper/secrets'));
    const before = stage.state();
    await stage.run('apply', 'modes');
    expect(stage.state()[join(stage.host.root, 'srv/kinkeeper/secrets')]).toBe(
      before[join(stage.host.root, 'srv/kinkeeper/secrets')],
    );
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['x', 0o644]);
  });
});
