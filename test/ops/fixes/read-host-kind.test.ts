import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readHostKind } from '../../../ops/fixes/read-host-kind.ts';
import { hostOf } from '../../../ops/posture/host-of.ts';
import { postureOf } from '../posture/good-host.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kin-kind-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const SETTINGS = { stateDir: '/srv/home/state', settingsFile: '/srv/home/config/kinkeeper.yaml', spoolDir: undefined };
const uid = process.getuid!();

describe('without containers', () => {
  const read = (more: Partial<typeof SETTINGS> = {}) => readHostKind({ ...SETTINGS, ...more }, { root });

  test('nothing is taken for there that is not', () => {
    const own = { data: '/srv/home', settingsFile: SETTINGS.settingsFile, account: { uid, gid: process.getgid!() } };
    expect(read()).toMatchObject({
      ...{ ...own, engine: { name: 'none' } },
      ...{ hasSystemd: false, hasHelper: false, hasServices: false, hasCertbot: false },
    });
    expect(read({ stateDir: '/mnt/elsewhere' }).data).toBe('/srv/kinkeeper');
  });

  test.each([
    ['hasSystemd', 'run/systemd/system/x'],
    ['hasHelper', 'usr/lib/kinkeeper-host/kinkeeper-harden'],
    ['hasServices', 'etc/systemd/system/kinkeeper-bot.service'],
    ['hasCertbot', 'snap/bin/certbot'],
  ] as const)('%s by %s', (name, path) => {
    put(path);
    expect(read()).toMatchObject({ [name]: true });
  });
});

describe('in a container of our image', () => {
  const read = (spoolDir?: string) => {
    put('app/sbom.cdx.json', '{}');
    return readHostKind({ ...SETTINGS, stateDir: '/data/state', spoolDir }, { root, folder: join(root, 'app') });
  };

  test('Docker leaves a file there, and folders are those of the README', () => {
    put('.dockerenv');
    const usual = { data: '/srv/kinkeeper', product: '/opt/kinkeeper', settingsFile: undefined };
    expect(read()).toMatchObject({ ...usual, engine: { name: 'docker' }, hasSystemd: true, hasHelper: false });
  });

  test('Podman of root numbers accounts as the host does, and that of an account does not', () => {
    put('proc/self/uid_map', '         0          0 4294967295\n');
    expect(read()).toMatchObject({ engine: { name: 'podman', socket: undefined }, account: { uid } });
    put('proc/self/uid_map', `         0       1000          1\n         1     100000      65536\n`);
    const socket = 'unix:///run/user/1000/podman/podman.sock';
    expect(read().engine).toEqual({ name: 'podman', socket });
    expect(read().account.uid).toBe(uid === 0 ? 1000 : 100_000 + uid - 1);
  });

  test('the host helper is there once it has been at the spool', () => {
    const spool = join(root, 'spool');
    put('spool/requests/x');
    expect(read(spool).hasHelper).toBe(false);
    put('spool/answers/x');
    expect(read(spool).hasHelper).toBe(true);
  });

  test('what the host helper saw counts before that', () => {
    const told = (more: string) => hostOf({ posture: postureOf({ settings: `data_dir=/mnt/home\n${more}` }) }, read());
    expect(told('systemd=no\ncertbot=yes\n')).toMatchObject({ hasSystemd: false, hasCertbot: true, hasHelper: true });
    expect(told('')).toMatchObject({ data: '/mnt/home', hasSystemd: true, hasCertbot: false });
    const socket = 'unix:///run/user/1001/podman/podman.sock';
    expect(told(`container_host=${socket}\n`).engine).toEqual({ name: 'podman', socket });
    for (const other of ['unix:///run/podman/podman.sock', 'unix:///run/user/1/x; reboot'])
      expect(told(`container_host=${other}\n`).engine).toEqual({ name: 'podman', socket: undefined });
  });
});
