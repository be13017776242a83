import { createPrivateKey, createPublicKey } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../lab/python-child.ts';
import { PATIENCE_MS } from '../../patience.ts';
import { TestHost } from './test-host.ts';

// New keys of the host by the real script: with the real ssh-keygen and sshd where they are there, and the real wg for all that needs no interface.

const [SSHD, KEYGEN, KEYSCAN] = ['/usr/sbin/sshd', '/usr/bin/ssh-keygen', '/usr/bin/ssh-keyscan'];
const [WG, WG_QUICK] = ['/usr/bin/wg', '/usr/bin/wg-quick'];

/** Of the calls of programs in a change, one in so many is a kill. */
const STEP = 9;

let host: TestHost;
beforeEach(() => {
  host = TestHost.make();
});
afterEach(() => host.remove());

const calls = () => {
  const file = join(host.dir, 'noted');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
};

/** A stand-in that notes its arguments. */
const noting = (name: string, then = '') => host.fake(name, `echo "${name} $*" >>${host.dir}/noted; ${then}`);

const hasSsh = [SSHD, KEYGEN].every((file) => existsSync(file)) && process.getuid?.() === 0;
if (!hasSsh) console.log('Left out: new host keys need sshd, ssh-keygen and root.');

describe.runIf(hasSsh)('host keys of SSH', () => {
  const KINDS = ['rsa', 'ecdsa', 'ed25519'] as const;
  const folder = () => join(host.root, 'etc', 'ssh');
  const keyOf = (kind: string) => join(folder(), `ssh_host_${kind}_key`);
  const config = () => join(folder(), 'sshd_config');

  /** Keys as a machine has them before: made once, and copied for each test. */
  let made: string;

  beforeAll(async () => {
    made = mkdtempSync(join(tmpdir(), 'kin-keys-'));
    for (const kind of KINDS)
      await execa(KEYGEN, ['-q', '-t', kind, '-N', '', '-f', join(made, `ssh_host_${kind}_key`), ...short(kind)]);
  });
  afterAll(() => rmSync(made, { recursive: true }));

  beforeEach(() => {
    mkdirSync('/run/sshd', { recursive: true });
    cpSync(made, folder(), { recursive: true });
    // A name without a key, as many a distribution has one: sshd says a word of it and goes on.
    writeFileSync(config(), `${[...KINDS, 'dsa'].map((kind) => `HostKey ${keyOf(kind)}\n`).join('')}PidFile none\n`);
    symlinkSync(SSHD, join(host.bin, 'sshd'));
    symlinkSync(KEYGEN, join(host.bin, 'ssh-keygen'));
    noting('systemctl');
  });

  const short = (kind: string) => (kind === 'rsa' ? ['-b', '2048'] : []);

  /** Every file of the folder with its content and mode. */
  const contents = () =>
    Object.fromEntries(
      readdirSync(folder()).map((name) => {
        const file = join(folder(), name);
        return [name, `${(statSync(file).mode & 0o777).toString(8)} ${readFileSync(file, 'utf8')}`];
      }),
    );

  const print = async (file: string) => (await execa(KEYGEN, ['-l', '-f', file])).stdout.split(' ').slice(0, 2);

  /** Each private key with its public half beside, and the answer names both. */
  async function expectNew(before: Record<string, string>, answer: readonly string[]): Promise<void> {
    const now = contents();
    expect(Object.keys(now)).toEqual(Object.keys(before));
    for (const kind of KINDS) {
      const name = `ssh_host_${kind}_key`;
      expect(now[name]).not.toBe(before[name]);
      expect([now[name]!.slice(0, 3), now[`${name}.pub`]!.slice(0, 3)]).toEqual(['600', '644']);
      const [bits, fingerprint] = await print(keyOf(kind));
      expect(await print(`${keyOf(kind)}.pub`)).toEqual([bits, fingerprint]);
      expect(answer).toContain(`${kind}=${fingerprint}`);
    }
    expect((await print(keyOf('rsa')))[0]).toBe('3072');
    expect(now.sshd_config).toBe(before.sshd_config);
  }

  test('all are new, of the same kinds; the fingerprints are told, sshd reads them without a restart, the old ones are kept for root', async () => {
    const before = contents();
    const [outcome, ...facts] = (await host.ask('k1', 'rotate-ssh-host-keys\n'))!;
    expect(outcome).toBe('ok');
    expect(facts).toHaveLength(3);
    await expectNew(before, facts);
    expect(calls()).toEqual(['systemctl is-active -q ssh.service', 'systemctl reload ssh.service']);
    const kept = join(host.var, 'keys-ssh', 'old');
    expect(readdirSync(kept).map((name) => readFileSync(join(kept, name), 'utf8'))).toContain(
      before.ssh_host_ed25519_key!.slice(4),
    );
    expect(statSync(join(host.var, 'keys-ssh')).mode & 0o077).toBe(0);
    expect(readdirSync(host.var).sort()).toEqual(['acts.log', 'keys-ssh', 'lock']);
    expect(existsSync(join(host.var, 'keys-ssh', 'new'))).toBe(false);
    expect(host.acts()).toContain('k1 rotate-ssh-host-keys: ok rsa=SHA256:');
    expect(host.acts()).not.toContain('PRIVATE');
  });

  test('a real sshd that is told to read them shows them to who comes, and goes on', async () => {
    const port = await freePort();
    writeFileSync(config(), `${readFileSync(config(), 'utf8')}Port ${port}\nListenAddress 127.0.0.1\n`);
    const daemon = execa(SSHD, ['-D', '-e', '-f', config()], { reject: false, stderr: 'ignore' });
    try {
      const shown = () => execa(KEYSCAN, ['-t', 'ed25519', '-p', String(port), '127.0.0.1'], { reject: false });
      const shows = async (key: string) => (await shown()).stdout.includes(key);
      const publicKey = () => readFileSync(`${keyOf('ed25519')}.pub`, 'utf8').split(' ')[1]!;
      await expect.poll(() => shows(publicKey()), { timeout: PATIENCE_MS, interval: 200 }).toBe(true);
      noting('systemctl', `[ "$1" != reload ] || kill -HUP ${daemon.pid}`);
      const before = publicKey();
      expect((await host.ask('k1', 'rotate-ssh-host-keys\n'))![0]).toBe('ok');
      expect(publicKey()).not.toBe(before);
      await expect.poll(() => shows(publicKey()), { timeout: PATIENCE_MS, interval: 200 }).toBe(true);
      expect(process.kill(daemon.pid!, 0)).toBe(true);
    } finally {
      daemon.kill('SIGTERM');
      await daemon;
    }
  });

  /** RSA keys take their time, and nothing of how a change fails or is cut off depends on the kind. */
  const withoutRsa = () =>
    writeFileSync(config(), ['ecdsa', 'ed25519'].map((kind) => `HostKey ${keyOf(kind)}\n`).join(''));

  const answers = (call: number) =>
    `case " $* " in *" -t "*) n=$(cat ${host.dir}/n 2>/dev/null || echo 0); n=$((n + 1)); echo $n >${host.dir}/n; [ $n != ${call} ] || exit 1 ;; esac; exec ${SSHD} "$@"`;

  test.each<[string, () => void, string]>([
    ['that sshd does not take beforehand', () => host.fake('sshd', answers(1)), 'sshd-refuses'],
    ['that sshd does not take in their place', () => host.fake('sshd', answers(2)), 'sshd-refuses'],
    [
      'of which sshd says that it cannot load one',
      () =>
        host.fake(
          'sshd',
          `for one; do case $one in HostKey=*ed25519*) f=\${one#*=}; [ ! -f $f ] || : >$f ;; esac; done; exec ${SSHD} "$@"`,
        ),
      'sshd-refuses',
    ],
    ['that are not read', () => noting('systemctl', '[ "$1" != reload ]'), 'sshd-refuses'],
    [
      'that cannot be made',
      () => host.fake('ssh-keygen', `[ "$3" != ecdsa ] || exit 1; exec ${KEYGEN} "$@"`),
      'keygen',
    ],
    [
      'with a certificate for the old ones',
      () => writeFileSync(config(), `${readFileSync(config(), 'utf8')}HostCertificate /etc/ssh/some-cert.pub\n`),
      'host-certificate',
    ],
    [
      'behind a link',
      () => {
        renameSync(keyOf('ecdsa'), join(host.dir, 'elsewhere'));
        symlinkSync(join(host.dir, 'elsewhere'), keyOf('ecdsa'));
      },
      'no-plain-key',
    ],
    ['with settings that sshd does not take', () => writeFileSync(config(), 'Colour red\n'), 'sshd-settings'],
  ])('%s: the old ones stay, all of them', async (_what, spoil, reason) => {
    withoutRsa();
    spoil();
    const before = contents();
    expect(await host.ask('k1', 'rotate-ssh-host-keys\n')).toEqual(['failed', `reason=${reason}`]);
    expect(contents()).toEqual(before);
    expect(readdirSync(host.var).filter((name) => name.startsWith('keys'))).toEqual([]);
  });

  test('that are not read: sshd is told to read the old ones again', async () => {
    withoutRsa();
    noting('systemctl', '[ "$1" != reload ]');
    await host.ask('k1', 'rotate-ssh-host-keys\n');
    expect(calls().filter((call) => call.includes(' reload '))).toHaveLength(2);
    expect(host.acts()).toContain('what runs did not read the old keys again');
  });

  test('killed anywhere: all are old and it failed, or all are new and their fingerprints are told', async () => {
    withoutRsa();
    rmSync(join(host.bin, 'systemctl'));
    host.place('systemctl', '');
    host.killAt(0);
    host.leave('count', 'rotate-ssh-host-keys\n');
    await host.runToKill('serve');
    const total = host.killNoMore();
    const seed = Date.now() % STEP;
    console.log(`${total} calls of programs, every ${STEP}th is a kill; seed ${seed}`);
    const ended = { ok: 0, failed: 0 };
    for (let call = 1 + seed; call <= total; call += STEP) {
      const before = contents();
      const id = `k${call}`;
      host.killAt(call);
      host.leave(id, 'rotate-ssh-host-keys\n');
      const signal = await host.runToKill('serve');
      host.killNoMore();
      if (signal === undefined) continue;
      await host.run('serve');
      const [outcome, ...facts] = host.answer(id) ?? [];
      const now = contents();
      const isOld = JSON.stringify(now) === JSON.stringify(before);
      expect([call, outcome]).toEqual([call, isOld ? 'failed' : 'ok']);
      ended[isOld ? 'failed' : 'ok'] += 1;
      for (const kind of ['ecdsa', 'ed25519']) {
        const [, fingerprint] = await print(keyOf(kind));
        expect((await print(`${keyOf(kind)}.pub`))[1]).toBe(fingerprint);
        if (!isOld) expect(facts).toContain(`${kind}=${fingerprint}`);
      }
    }
    expect(ended.failed).toBeGreaterThan(0);
  }, 600_000);
});

describe('keys of WireGuard', () => {
  const conf = (name: string) => join(host.root, 'etc', 'wireguard', `${name}.conf`);
  const OLD = 'eFGFWU3hmIlUbzRsQaLGhTzbZ8o8dDvhPlDnNjYUqHo=';
  const SETTINGS = `[Interface]\nAddress = 10.8.0.1/24\nListenPort = 51820\nPrivateKey = ${OLD}\n\n[Peer]\nPublicKey = ${'B'.repeat(43)}=\nAllowedIPs = 10.8.0.2/32\n`;

  /** `show` and `syncconf` need an interface of the kernel: here they are files. Keys are made by the real wg, or by OpenSSL with the same curve. */
  function standIn(up: readonly string[], sync = '', key = sync): void {
    const pem = (file: string) => `openssl pkey -inform DER -in ${file}`;
    const make = existsSync(WG)
      ? `genkey|pubkey) exec ${WG} "$1" ;;`
      : `genkey) openssl genpkey -algorithm X25519 -outform DER | tail -c 32 | base64 ;;
         pubkey) { printf '\\060\\056\\002\\001\\000\\060\\005\\006\\003\\053\\145\\156\\004\\042\\004\\040'; base64 -d; } >${host.dir}/der; ${pem(`${host.dir}/der`)} -pubout -outform DER | tail -c 32 | base64 ;;`;
    host.fake(
      'wg',
      `PATH=/usr/bin:/bin:$PATH; echo "wg $*" >>${host.dir}/noted
case "$1" in
  ${make}
  show) if [ "$2" = interfaces ]; then echo "${up.join(' ')}"; else sed -n 's/PrivateKey = //p' ${host.dir}/synced-$2 | "$0" pubkey; fi ;;
  syncconf) ${sync} cp "$3" ${host.dir}/synced-$2 ;;
  set) ${key} { printf 'PrivateKey = '; cat "$4"; } >${host.dir}/synced-$2 ;;
esac`,
    );
    const strip = existsSync(WG_QUICK)
      ? `PATH=/usr/bin:/bin:$PATH; exec ${WG_QUICK} "$@"`
      : `grep -v -e '^Address' "$2"`;
    host.fake('wg-quick', strip);
  }

  beforeEach(() => {
    mkdirSync(join(host.root, 'etc', 'wireguard'), { recursive: true });
    for (const name of ['wg0', 'wg1']) writeFileSync(conf(name), SETTINGS, { mode: 0o600 });
    host.configure({ vpn_interfaces: 'wg0 wg1 tailscale0' });
    standIn(['wg0']);
  });

  const keyIn = (name: string) => /^PrivateKey = (.*)$/m.exec(readFileSync(conf(name), 'utf8'))![1]!;

  test('each interface has a key of its own, peers stay, and what is up has read it; the public keys are told', async () => {
    const answer = await host.ask('w1', 'rotate-wireguard\n');
    expect(answer).toEqual(['ok', `wg0=${publicOf(keyIn('wg0'))}`, `wg1=${publicOf(keyIn('wg1'))}`]);
    expect(keyIn('wg0')).not.toBe(keyIn('wg1'));
    for (const name of ['wg0', 'wg1']) {
      expect(readFileSync(conf(name), 'utf8')).toBe(SETTINGS.replace(OLD, keyIn(name)));
      expect(statSync(conf(name)).mode & 0o777).toBe(0o600);
    }
    const synced = readFileSync(join(host.dir, 'synced-wg0'), 'utf8');
    expect(synced).toContain(`PrivateKey = ${keyIn('wg0')}`);
    expect(synced).toContain('[Peer]');
    expect(synced).not.toContain('Address');
    expect(existsSync(join(host.dir, 'synced-wg1'))).toBe(false);
    const kept = join(host.var, 'keys-wireguard', 'old');
    expect(readdirSync(kept).map((name) => readFileSync(join(kept, name), 'utf8'))).toEqual([SETTINGS, SETTINGS]);
    // Who lists the processes, or reads what the helper did, learns no key.
    for (const text of [calls().join('\n'), host.acts()])
      for (const key of [OLD, keyIn('wg0'), keyIn('wg1')]) expect(text).not.toContain(key);
    expect(readdirSync(host.var).sort()).toEqual(['acts.log', 'keys-wireguard', 'lock']);
  });

  test('an interface whose settings are not taken as a whole, as with a name for an endpoint: it has its key', async () => {
    standIn(['wg0'], 'exit 1;', '');
    expect((await host.ask('w1', 'rotate-wireguard\n'))![1]).toBe(`wg0=${publicOf(keyIn('wg0'))}`);
    expect(readFileSync(join(host.dir, 'synced-wg0'), 'utf8')).toBe(`PrivateKey = ${keyIn('wg0')}\n`);
  });

  test('one that does not take its new key: all have the old ones again, also what is up', async () => {
    standIn(['wg0', 'wg1'], `[ $2 != wg1 ] || grep -q -e '${OLD}' "\${4:-$3}" || exit 1;`);
    expect(await host.ask('w1', 'rotate-wireguard\n')).toEqual(['failed', 'reason=wg-refuses']);
    for (const name of ['wg0', 'wg1']) {
      expect(readFileSync(conf(name), 'utf8')).toBe(SETTINGS);
      expect(readFileSync(join(host.dir, `synced-${name}`), 'utf8')).toContain(OLD);
    }
    expect(readdirSync(host.var).filter((name) => name.startsWith('keys'))).toEqual([]);
  });

  test('killed while files are replaced: the next run puts the old ones back, and has them read', async () => {
    standIn(['wg0'], `[ -e ${host.dir}/killed ] || { : >${host.dir}/killed; kill -KILL 0; };`);
    host.leave('w1', 'rotate-wireguard\n');
    expect(await host.runToKill('serve')).toBe('SIGKILL');
    expect(keyIn('wg1')).not.toBe(OLD);
    await host.run('resume');
    expect(host.answer('w1')).toEqual(['failed', 'reason=interrupted']);
    for (const name of ['wg0', 'wg1']) expect(readFileSync(conf(name), 'utf8')).toBe(SETTINGS);
    expect(readFileSync(join(host.dir, 'synced-wg0'), 'utf8')).toContain(OLD);
    expect(readdirSync(join(host.root, 'etc', 'wireguard')).sort()).toEqual(['wg0.conf', 'wg1.conf']);
  });

  test.each<[string, () => void, string]>([
    [
      'settings whose key comes from elsewhere',
      () => writeFileSync(conf('wg1'), SETTINGS.replace(/^PrivateKey.*$/m, 'PostUp = wg set %i private-key /etc/key')),
      'no-plain-settings',
    ],
    [
      'settings behind a link',
      () => {
        renameSync(conf('wg1'), join(host.dir, 'wg1'));
        symlinkSync(join(host.dir, 'wg1'), conf('wg1'));
      },
      'no-plain-settings',
    ],
    [
      'an interface that goes on with its old key',
      () => standIn(['wg0'], `printf 'PrivateKey = ${OLD}\\n' >${host.dir}/synced-$2; exit 0;`),
      'wg-refuses',
    ],
    ['no settings at all', () => host.configure({ vpn_interfaces: 'tailscale0' }), 'no-wireguard-settings'],
    ['no wg', () => renameSync(join(host.bin, 'wg'), join(host.dir, 'wg')), 'no-wireguard'],
  ])('%s: nothing is changed, for none of them', async (_what, spoil, reason) => {
    spoil();
    const before = readFileSync(conf('wg1'), 'utf8');
    expect(await host.ask('w1', 'rotate-wireguard\n')).toEqual(['failed', `reason=${reason}`]);
    expect(readFileSync(conf('wg0'), 'utf8')).toBe(SETTINGS);
    expect(readFileSync(conf('wg1'), 'utf8')).toBe(before);
  });
});

/** The public half, by another implementation. */
function publicOf(key: string): string {
  const prefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
  const der = Buffer.concat([prefix, Buffer.from(key, 'base64')]);
  const own = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return createPublicKey(own).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
}
