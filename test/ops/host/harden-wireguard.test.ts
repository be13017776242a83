import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HardenHost } from './harden-host.ts';

// Settings of the VPN: whose keys they hold, and that these stay what they are. `wg` is a stand-in that numbers its keys; with interfaces of the
// kernel `npm run prove:host -- --only wireguard` does the same.

let stage: HardenHost;
const conf = () => join(stage.host.root, 'etc/wireguard/wg0.conf');
const peer = (name: string) => join(stage.host.root, `etc/wireguard/kinkeeper-peers/${name}.conf`);
const valueIn = (file: string, key: string) => new RegExp(`^${key} = (.*)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1];

beforeEach(() => {
  stage = new HardenHost();
  const count = join(stage.host.dir, 'count');
  stage.host.fake(
    'wg',
    `case "$1" in
  genkey | genpsk) n=$(cat ${count} 2>/dev/null || echo 0); echo $((n + 1)) >${count}; echo "secret-$n" ;;
  pubkey) read -r key; echo "public-of-\${key#secret-}" ;;
  show) case $3 in listen-port) echo 51820 ;; peers) sed -n 's/^PublicKey = //p' ${conf()} ;; esac ;;
esac`,
  );
  for (const name of ['wg-quick', 'ip']) stage.host.fake(name, '');
  stage.host.configure({ vpn_peers: 'phone', vpn_endpoint: 'home.example' });
});
afterEach(() => stage.remove());

test('a plan shows what would stand there, and no key of anybody', async () => {
  for (const peers of ['phone', 'phone laptop']) {
    stage.host.configure({ vpn_peers: peers, vpn_endpoint: 'home.example' });
    const { out } = await stage.run('plan', 'wireguard');
    expect(out).toContain('AllowedIPs = 10.77.0.');
    expect(out).toContain('+PresharedKey = (not shown)');
    expect(out).not.toContain('secret-');
    await stage.run('apply', 'wireguard');
  }
});

test('a device more leaves the others their keys and addresses, and has its own', async () => {
  expect(await stage.run('apply', 'wireguard')).toMatchObject({ code: 0 });
  const before = [readFileSync(peer('phone'), 'utf8'), valueIn(conf(), 'PrivateKey')];
  stage.host.configure({ vpn_peers: 'laptop phone', vpn_endpoint: 'home.example' });
  expect(await stage.run('apply', 'wireguard')).toMatchObject({ code: 0 });
  expect([readFileSync(peer('phone'), 'utf8'), valueIn(conf(), 'PrivateKey')]).toEqual(before);
  expect([valueIn(peer('phone'), 'Address'), valueIn(peer('laptop'), 'Address')]).toEqual([
    '10.77.0.2/32',
    '10.77.0.3/32',
  ]);
  for (const key of ['PrivateKey', 'PresharedKey'])
    expect(valueIn(peer('laptop'), key)).not.toBe(valueIn(peer('phone'), key));
});

test('settings of somebody else stay as they are, and are brought up', async () => {
  const theirs = '[Interface]\nAddress = 10.8.0.1/24\nListenPort = 51820\nPrivateKey = secret-theirs\n';
  stage.write('etc/wireguard/wg0.conf', theirs, 0o600);
  expect(await stage.run('apply', 'wireguard')).toMatchObject({ code: 0 });
  expect(readFileSync(conf(), 'utf8')).toBe(theirs);
});
