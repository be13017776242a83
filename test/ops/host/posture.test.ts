import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Facts } from '../../../core/control.ts';
import { HostHelper } from '../../../ops/host/host-helper.ts';
import { askForPosture } from '../../../ops/posture/ask-for-posture.ts';
import { PROBES } from '../../../ops/posture/probe-names.ts';
import { readPosture } from '../../../ops/posture/read-posture.ts';
import { TestHost } from './test-host.ts';

// What the real script writes down of what the programs of a host say, and what of it is believed.

let host: TestHost;
let facts: Facts;
beforeEach(() => {
  host = TestHost.make();
  host.configure({ state_dir: host.root });
  const kept = new Map<string, string>();
  facts = {
    get: (key) => kept.get(key),
    set: (key, value) => void kept.set(key, value),
    delete: (key) => void kept.delete(key),
  };
});
afterEach(() => host.remove());

const file = () => join(host.spool, 'posture.json');
const look = (more: object = {}) => readPosture({ spoolDir: host.spool, facts, now: Date.now(), ...more });
async function collected() {
  const { exitCode, stderr } = await host.run('posture');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const seen = await look();
  if (!('posture' in seen)) throw new Error(seen.why);
  return seen.posture;
}

test('a bare host: every probe is there, and what the host lacks is said to be lacking', async () => {
  const { at, probes } = await collected();
  expect(Math.abs(Date.now() - at)).toBeLessThan(600_000);
  expect(Object.keys(probes).sort()).toEqual([...PROBES].sort());
  for (const name of [
    'sshd',
    'sshd-users',
    'nft',
    'wireguard',
    'tailscale',
    'fail2ban',
    'docker',
    'containers',
    'auditd',
    'time',
  ])
    expect(probes[name], name).toEqual({ code: 127, cut: false, text: '' });
});

test('what programs say is kept as they said it, with how they ended, and no more than is kept', async () => {
  const odd = `"quotes" \\ back\tslash ünicode\n\u0001`;
  writeFileSync(join(host.dir, 'said'), odd);
  host.fake('nft', `cat ${host.dir}/said`);
  host.fake('auditctl', 'echo half; exit 3');
  host.fake('timedatectl', 'head -c 9000 /dev/zero | tr "\\0" x');
  const { probes } = await collected();
  expect(probes.nft).toEqual({ code: 0, cut: false, text: odd });
  expect(probes['audit-rules']).toEqual({ code: 3, cut: false, text: 'half\n' });
  expect(probes.time).toEqual({ code: 0, cut: true, text: `synchronised=${'x'.repeat(4083)}` });
});

test('each person who may log in is asked about, by IPv4 and IPv6; half an answer is none', async () => {
  host.fake(
    'getent',
    "printf 'root:x:0:0::/root:/bin/bash\\nada:x:1:1::/home:/bin/sh\\nwww:x:2:2::/:/usr/sbin/nologin\\n'",
  );
  host.fake(
    'sshd',
    `echo "$*" >>${host.dir}/calls; printf 'port 22\\npermitrootlogin no\\npasswordauthentication no\\n'`,
  );
  const { probes } = await collected();
  expect(probes['sshd-users']!.text.match(/^user .*$/gm)).toEqual([
    ...['user root from 203.0.113.9', 'user root from 2001:db8::9'],
    ...['user ada from 203.0.113.9', 'user ada from 2001:db8::9'],
  ]);
  expect(readFileSync(join(host.dir, 'calls'), 'utf8')).toContain(
    '-T -C user=ada,host=outside.example,addr=203.0.113.9',
  );
  host.fake('sshd', 'case "$*" in *ada*) exit 255 ;; *) echo permitrootlogin no ;; esac');
  expect((await collected()).probes['sshd-users']!.code).toBe(1);
});

test('a fail2ban that is installed and does not run is told apart from one that does not answer', async () => {
  host.fake('fail2ban-client', 'exit 255');
  host.fake('systemctl', 'echo failed; exit 3');
  expect((await collected()).probes.fail2ban).toEqual({ code: 0, cut: false, text: 'stopped\n' });
  host.fake('systemctl', 'echo active');
  expect((await collected()).probes.fail2ban).toEqual({ code: 1, cut: false, text: '' });
});

test('what containers are given is looked at with links followed; half an answer is none', async () => {
  const [data, out] = [join(host.root, 'srv/kinkeeper'), join(host.root, 'elsewhere')];
  mkdirSync(data, { recursive: true });
  mkdirSync(out);
  symlinkSync(out, join(data, 'key'));
  host.configure({ data_dir: data, state_dir: '' });
  host.fake(
    'docker',
    `case "$*" in 'ps '*) echo one ;; 'volume ls'*) echo two ;; 'inspect '*) printf '%s\n\n' ${data}/key ${data}/gone ;; 'volume inspect'*) echo ${out} ;; esac`,
  );
  const { code, text } = (await collected()).probes['mount-sources']!;
  expect({ code, rows: text.split('\n') }).toEqual({
    code: 0,
    rows: expect.arrayContaining([
      `directory\t${data}\t${data}`,
      `directory\t${data}/key\t${out}`,
      `gone\t${data}/gone\t${data}/gone`,
      `directory\t${out}\t${out}`,
      'end',
    ]),
  });
  host.fake('docker', `case "$*" in 'ps '*) echo one ;; 'volume ls'*) ;; *) exit 1 ;; esac`);
  expect((await collected()).probes['mount-sources']!.code).toBe(1);
});

test.each([
  ['by its socket', { container_host: 'unix:///run/user/1000/podman/podman.sock' }],
  ['where it answers as docker', {}],
])('Podman is not asked, %s: an account’s says what it likes, and root’s means other things by the same words', async (_name, settings) => {
  host.configure(settings);
  host.fake(
    'docker',
    `case "$*" in '--version') echo 'podman version 5.4.2' ;; *) echo asked >>${host.root}/asked; echo one ;; esac`,
  );
  const { probes } = await collected();
  for (const name of ['docker', 'containers', 'volumes', 'mount-sources', 'container-secrets'] as const)
    expect(probes[name], name).toEqual({ code: 1, cut: false, text: '' });
  expect(existsSync(join(host.root, 'asked'))).toBe(false);
});

test('keys of a VPN behind a link, and those that Tailscale was told to keep elsewhere, are told of', async () => {
  const [keys, home] = [join(host.root, 'etc/wireguard'), join(host.root, 'home')];
  for (const folder of [keys, home, join(host.root, 'proc/77')]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(home, 'wg0.conf'), '', { mode: 0o644 });
  symlinkSync(join(home, 'wg0.conf'), join(keys, 'wg0.conf'));
  symlinkSync(join(home, 'gone'), join(keys, 'gone.conf'));
  host.fake('tailscale', TAILSCALE);
  host.fake('systemctl', 'case "$*" in *MainPID*tailscaled*) echo 77 ;; *) exit 1 ;; esac');
  const called = (...words: string[]) => writeFileSync(join(host.root, 'proc/77/cmdline'), `${words.join('\0')}\0`);
  called('tailscaled', '--state=/one', '-statedir', '/two');
  const { 'vpn-files': files, tailscale } = (await collected()).probes;
  expect(files!.text.split('\n').toSorted()).toEqual(
    ['', `f|644|${process.getuid!()}|${keys}/wg0.conf`, `l|777|${process.getuid!()}|${keys}/gone.conf`]
      .concat([`l|777|${process.getuid!()}|${keys}/wg0.conf`, 'end'])
      .toSorted(),
  );
  expect(tailscale!.text).toBe('"BackendState": "Running"\nfunnels=0\nstate=/one\nstate=/two\n');
  called('tailscaled', '--port=41641');
  expect((await collected()).probes.tailscale!.text).toMatch(/\nstate=\n$/);
});

test('what lies where keys of certificates are is told of, and what links lead to', async () => {
  const data = join(host.root, 'srv/kinkeeper');
  mkdirSync(join(data, 'tls'), { recursive: true });
  mkdirSync(join(data, 'tls-authority'));
  const key = join(data, 'tls-authority/ca.key');
  writeFileSync(key, '', { mode: 0o644 });
  symlinkSync(key, join(data, 'tls/privkey.pem'));
  host.configure({ data_dir: data });
  const rows = (await collected()).probes.files!.text.split('\n');
  const uid = process.getuid!();
  expect(rows).toEqual(
    expect.arrayContaining([
      `f|644|${uid}|${key}`,
      `l|777|${uid}|${data}/tls/privkey.pem`,
      `f|644|${uid}|${data}/tls/privkey.pem`,
    ]),
  );
});

test('nothing secret is written down', async () => {
  host.fake('docker', DOCKER);
  host.fake('wg', WG);
  host.fake('tailscale', TAILSCALE);
  mkdirSync(join(host.root, 'secrets'));
  writeFileSync(join(host.root, 'secrets', 'passphrase'), 'hunter2-in-a-file', { mode: 0o600 });
  const { probes } = await collected();
  expect(JSON.stringify(probes)).not.toMatch(/hunter2|cHVibGlj|ada@example/);
  expect(probes['container-secrets']!.text).toBe('/kinkeeper-bot-1 1\n');
  expect(probes.wireguard!.text).toBe('port wg0 51820\npeer wg0 1764460000\n');
  expect(probes.tailscale!.text).toBe('"BackendState": "Running"\nfunnels=0\n');
  expect(probes.files!.text).toContain('f|600|');
});

describe('is believed', () => {
  test('only from a file that this key has signed', async () => {
    await collected();
    const good = readFileSync(file(), 'utf8');
    const { payload, signature } = JSON.parse(good) as { payload: string; signature: string };
    const text = Buffer.from(payload, 'base64').toString();
    const other = Buffer.from(text.replace('"rc":127', '"rc":0')).toString('base64');
    expect(other).not.toBe(payload);
    for (const bad of [
      '',
      '{}',
      good.slice(0, -20),
      JSON.stringify({ payload: other, signature }),
      JSON.stringify({ payload, signature: '' }),
    ]) {
      writeFileSync(file(), bad);
      expect(await look(), bad.slice(0, 40)).toEqual({ why: 'unsigned' });
    }
    writeFileSync(file(), good);
    expect(await look()).toHaveProperty('posture');
  });

  test('by the key of the first time, until an admin says otherwise', async () => {
    await collected();
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const payload = Buffer.from(JSON.stringify({ format: 1, at: Date.now(), probes: {} }));
    const signature = sign(null, payload, privateKey).toString('base64');
    writeFileSync(file(), JSON.stringify({ payload: payload.toString('base64'), signature }));
    writeFileSync(join(host.spool, 'posture.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    expect(await look()).toEqual({ why: 'other-key' });
    expect(await look({ trustKey: true })).toHaveProperty('posture');
    expect(await look()).toHaveProperty('posture');
  });

  test('only while it is fresh', async () => {
    const { at } = await collected();
    expect(await look({ now: at + 3_600_001 })).toEqual({ why: 'old', at });
    expect(await look({ now: at - 400_000 })).toEqual({ why: 'ahead', at });
  });

  test('not where there is none', async () => {
    expect(await look()).toEqual({ why: 'no-posture' });
    expect(await readPosture({ spoolDir: undefined, facts, now: 1 })).toEqual({ why: 'no-helper' });
  });
});

test('the key is root’s alone, is made once, and its public half comes back', async () => {
  await collected();
  const key = join(host.var, 'posture.key');
  expect(statSync(key).mode & 0o777).toBe(0o600);
  const [made, shown] = [readFileSync(key, 'utf8'), readFileSync(join(host.spool, 'posture.pub'), 'utf8')];
  writeFileSync(join(host.spool, 'posture.pub'), 'somebody else’s');
  expect(await look()).toEqual({ why: 'unsigned' });
  await collected();
  expect([readFileSync(key, 'utf8'), readFileSync(join(host.spool, 'posture.pub'), 'utf8')]).toEqual([made, shown]);
  expect(existsSync(join(host.var, 'posture.work'))).toBe(false);
});

describe('asked for', () => {
  const signal = new AbortController().signal;

  async function asked(): Promise<string> {
    const over = new AbortController();
    const serving = host.serveUntil(over.signal);
    const went = await askForPosture(new HostHelper(host.spool), signal).finally(() => over.abort());
    await serving;
    return went;
  }

  test('the unit of its own is started, which sees what the helper does not', async () => {
    host.fake('systemctl', `echo "$*" >>${host.dir}/calls`);
    expect(await asked()).toBe('ok');
    expect(readFileSync(join(host.dir, 'calls'), 'utf8')).toBe('start kinkeeper-host-posture.service\n');
  });

  test('what went wrong is said, and thrown is nothing', async () => {
    host.fake('systemctl', 'exit 1');
    expect(await asked()).toBe('posture-failed');
    expect(await askForPosture(new HostHelper(join(host.dir, 'none')), signal)).toBe('host-helper');
  });
});

const DOCKER = `case "$*" in
  'ps -aq --no-trunc') echo aaaaaaaaaaaa ;;
  *Config.Env*) printf '/kinkeeper-bot-1\\nPATH=/bin\\nDB_PASSWORD=hunter2\\nTOKEN_FILE=/run/secrets/t\\nSECRET=\\n' ;;
  info*) echo '{"version":"28.2.2","security":[],"liveRestore":true}' ;;
  *) echo '{"name":"/kinkeeper-bot-1"}' ;;
esac`;
const WG = `case "$*" in
  'show all listen-port') printf 'wg0\\t51820\\n' ;;
  'show all latest-handshakes') printf 'wg0\\tcHVibGljIGtleSBvZiBhIHBob25lIG9mIHRoZSBmYW0=\\t1764460000\\n' ;;
  *) echo hunter2 ;;
esac`;
const TAILSCALE = `case "$*" in
  status*) printf '{\\n  "BackendState": "Running",\\n  "User": {"1": {"LoginName": "ada@example.org"}}\\n}\\n' ;;
  *) echo 'No serve config' ;;
esac`;
