import { execFileSync, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEPLOY } from './door.ts';

const TLS = join(DEPLOY, 'tls/tls.sh');
const hasOpenssl = spawnSync('which', ['openssl']).status === 0;
const isRoot = process.getuid?.() === 0;
/** Of nobody here. */
const ACCOUNT_GROUP = 54_321;
if (!hasOpenssl) console.log('Left out: openssl is not here, so no certificates are made.');

describe.runIf(hasOpenssl)('certificates of the door', () => {
  let above: string;
  let dir: string;
  beforeEach(() => {
    above = mkdtempSync(join(tmpdir(), 'kinkeeper-tls-'));
    dir = join(above, 'tls');
    mkdirSync(dir);
  });
  afterEach(() => rmSync(above, { recursive: true }));

  const run = (...args: string[]) => spawnSync(TLS, args, { encoding: 'utf8' });
  const read = (name: string) => readFileSync(join(dir, name), 'utf8');
  const about = (...args: string[]) =>
    execFileSync('openssl', ['x509', '-in', join(dir, 'fullchain.pem'), '-noout', ...args], { encoding: 'utf8' });

  const fits = () => {
    const key = execFileSync('openssl', ['pkey', '-in', join(dir, 'privkey.pem'), '-pubout'], { encoding: 'utf8' });
    return about('-pubkey') === key;
  };

  test('an authority of the household’s own: its certificate counts for name and address, and for nothing else', () => {
    expect(run('own-ca', dir, 'home.lan', '10.8.0.1')).toMatchObject({ status: 0, stderr: '' });
    const verify = (...more: string[]) =>
      spawnSync('openssl', [
        'verify',
        '-CAfile',
        join(dir, 'ca.pem'),
        '-purpose',
        'sslserver',
        ...more,
        join(dir, 'fullchain.pem'),
      ]).status;
    expect(verify('-verify_hostname', 'home.lan')).toBe(0);
    expect(verify('-verify_ip', '10.8.0.1')).toBe(0);
    expect(verify('-verify_hostname', 'other.lan')).not.toBe(0);
    for (const name of ['../tls-authority/ca.key', 'privkey.pem'])
      expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600);
    expect(readdirSync(dir), 'the door sees no key of the authority').not.toContain('ca.key');
    expect(statSync(join(above, 'tls-authority')).mode & 0o777).toBe(0o700);
    expect(about('-ext', 'basicConstraints,extendedKeyUsage')).toMatch(/CA:FALSE[\s\S]*TLS Web Server Authentication/);
  });

  test.runIf(isRoot)('with Podman of an account its group reads the key, which nobody else does', () => {
    chownSync(dir, 0, ACCOUNT_GROUP);
    expect(run('own-ca', dir, 'home.lan')).toMatchObject({ status: 0, stderr: '' });
    const access = (name: string) => {
      const { uid, gid, mode } = statSync(join(dir, name));
      return `${uid}:${gid} ${(mode & 0o777).toString(8)}`;
    };
    expect(access('privkey.pem')).toBe(`0:${ACCOUNT_GROUP} 640`);
    expect(access('../tls-authority/ca.key'), 'the authority’s is root’s alone').toBe('0:0 600');
  });

  test('a second time the authority stays, because phones have it, and the certificate is a fresh one', () => {
    run('own-ca', dir, 'home.lan');
    const key = '../tls-authority/ca.key';
    const before = { ca: read('ca.pem'), key: read(key), serial: about('-serial') };
    expect(run('own-ca', dir, 'home.lan').status).toBe(0);
    expect({ ca: read('ca.pem'), key: read(key) }).toEqual({ ca: before.ca, key: before.key });
    expect(about('-serial')).not.toBe(before.serial);
  });

  test('a folder as it was made before is taken over: the same authority, whose key moves out of the door’s sight', () => {
    run('own-ca', dir, 'home.lan');
    const before = { ca: read('ca.pem'), key: read('../tls-authority/ca.key') };
    const pair = ['privkey.pem', 'fullchain.pem'].map((name) => ({ name, content: read(name) }));
    renameSync(join(above, 'tls-authority', 'ca.key'), join(dir, 'ca.key'));
    for (const name of readdirSync(dir).filter((one) => !one.startsWith('ca.')))
      rmSync(join(dir, name), { recursive: true });
    for (const { name, content } of pair) writeFileSync(join(dir, name), content);
    expect(run('own-ca', dir, 'home.lan')).toMatchObject({ status: 0, stderr: '' });
    expect({ ca: read('ca.pem'), key: read('../tls-authority/ca.key') }).toEqual(before);
    expect(existsSync(join(dir, 'ca.key'))).toBe(false);
    expect(fits()).toBe(true);
  });

  test('killed before any of its renames, certificate and key that lie there fit', () => {
    run('own-ca', dir, 'home.lan');
    const legacy = ['privkey.pem', 'fullchain.pem'].map((name) => ({ name, content: read(name) }));
    const bin = join(above, 'bin');
    mkdirSync(bin);
    const isKilled = (at: number) => {
      writeFileSync(join(above, 'count'), '');
      const counting = `echo >>${above}/count; [ $(wc -l <${above}/count) -ne ${at} ] || kill -9 $PPID; exec /bin/mv "$@"`;
      writeFileSync(join(bin, 'mv'), `#!/bin/sh\n${counting}\n`, { mode: 0o755 });
      const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
      return spawnSync(TLS, ['own-ca', dir, 'home.lan'], { env }).signal === 'SIGKILL';
    };
    for (const isLegacy of [false, true])
      for (let at = 1, goes = true; goes; at += 1) {
        if (isLegacy) {
          for (const name of readdirSync(dir).filter((one) => !one.startsWith('ca.')))
            rmSync(join(dir, name), { recursive: true });
          for (const { name, content } of legacy) writeFileSync(join(dir, name), content);
        }
        goes = isKilled(at);
        expect(fits(), `rename ${at}`).toBe(true);
        // The next one is cut off as well, right before its last rename of all.
        if (isLegacy && goes) {
          isKilled(2);
          expect(fits(), `rename ${at}, and the next run`).toBe(true);
        }
        expect(at).toBeLessThan(9);
      }
    run('own-ca', dir, 'home.lan');
    expect(readdirSync(dir).filter((name) => name.startsWith('pair.'))).toHaveLength(1);
  });

  test('takes a certificate from elsewhere only with its own key, and not when it has ended', () => {
    const [mine, key, other, old] = ['mine.pem', 'mine.key', 'other.key', 'old.pem'].map((name) => join(dir, name));
    const make = (args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
    make([
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key!,
      '-out',
      mine!,
      '-subj',
      '/CN=a',
    ]);
    make(['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', other!]);
    make(['x509', '-in', mine!, '-signkey', key!, '-days', '-1', '-out', old!]);
    expect(run('take', dir, mine!, key!)).toMatchObject({ status: 0, stderr: '' });
    expect(read('fullchain.pem')).toBe(readFileSync(mine!, 'utf8'));
    for (const [chain, of, says] of [
      [mine, other, 'is not the key of'],
      [old, key, 'has ended'],
      [key, key, 'is no certificate'],
    ] as const) {
      const { status, stderr } = run('take', dir, chain!, of!);
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(says) });
    }
    expect(read('fullchain.pem')).toBe(readFileSync(mine!, 'utf8'));
    expect(read('privkey.pem')).toBe(readFileSync(key!, 'utf8'));
  });

  test.each([
    [[], 'usage'],
    [['own-ca', '/nowhere/at/all', 'home.lan'], 'there is no folder'],
    [['own-ca', '.', 'home.lan,DNS:evil.test'], 'letters, digits, dots'],
    [['hook', '.'], 'RENEWED_LINEAGE'],
    [['make', '.'], 'there is no make'],
  ])('%j is refused with what was expected', (args, says) => {
    const { status, stderr } = run(...args);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(says) });
  });
});
