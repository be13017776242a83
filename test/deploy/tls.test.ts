import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEPLOY } from './door.ts';

const TLS = join(DEPLOY, 'tls/tls.sh');
const hasOpenssl = spawnSync('which', ['openssl']).status === 0;
if (!hasOpenssl) console.log('Left out: openssl is not here, so no certificates are made.');

describe.runIf(hasOpenssl)('certificates of the door', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'kinkeeper-tls-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const run = (...args: string[]) => spawnSync(TLS, args, { encoding: 'utf8' });
  const read = (name: string) => readFileSync(join(dir, name), 'utf8');
  const about = (...args: string[]) =>
    execFileSync('openssl', ['x509', '-in', join(dir, 'fullchain.pem'), '-noout', ...args], { encoding: 'utf8' });

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
    for (const name of ['ca.key', 'privkey.pem']) expect(statSync(join(dir, name)).mode & 0o777, name).toBe(0o600);
    expect(about('-ext', 'basicConstraints,extendedKeyUsage')).toMatch(/CA:FALSE[\s\S]*TLS Web Server Authentication/);
  });

  test('a second time the authority stays, because phones have it, and the certificate is a fresh one', () => {
    run('own-ca', dir, 'home.lan');
    const before = { ca: read('ca.pem'), key: read('ca.key'), serial: about('-serial') };
    expect(run('own-ca', dir, 'home.lan').status).toBe(0);
    expect({ ca: read('ca.pem'), key: read('ca.key') }).toEqual({ ca: before.ca, key: before.key });
    expect(about('-serial')).not.toBe(before.serial);
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
