import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HardenHost } from './harden-host.ts';
import { canUseNft } from './outside-host.ts';

// The rules of the firewall, read by the real one of the kernel in a network of their own.

const isAble = canUseNft();
if (!isAble) console.log('Left out: the firewall (nft) is not here, or only root may use it.');

describe.runIf(isAble)('the firewall', () => {
  let stage: HardenHost;
  const name = `kinf${process.pid}`;
  beforeEach(async () => {
    await execa('ip', ['netns', 'add', name]);
    stage = new HardenHost({ confirm_minutes: '10' });
    stage.installTimer();
    const there = `PATH=/usr/sbin:/usr/bin:/sbin:/bin exec ip netns exec ${name}`;
    stage.host.fake('nft', `[ -z "$KIN_OWN" ] || exec /usr/sbin/nft "$@"\n${there} nft "$@"`);
    // What is tried out has a network of its own; the stand-in for the host's must not be asked then.
    stage.host.fake('unshare', 'KIN_OWN=yes exec /usr/bin/unshare "$@"');
    stage.host.fake('ss', '');
    stage.host.fake(
      'systemctl',
      `case "$*" in *restart*kinkeeper-firewall*) ${join(stage.host.bin, 'nft')} -f ${join(stage.host.root, 'etc/kinkeeper/firewall.nft')} || exit 1 ;; esac\nexec ${stage.host.real('systemctl')} "$@"`,
    );
  });
  afterEach(async () => {
    stage.remove();
    await execa('ip', ['netns', 'del', name], { reject: false });
  });

  const returnTimer = (state: string) => join(stage.host.dir, 'units', `kinkeeper-harden-return.timer.${state}`);
  const rules = async () => (await execa('ip', ['netns', 'exec', name, '/usr/sbin/nft', 'list', 'ruleset'])).stdout;

  test.each<[string, Record<string, string>]>([
    ['as it comes', {}],
    ['without a VPN', { vpn_ports: '', vpn_interfaces: '' }],
    ['for the VPN only', { web_from: 'vpn' }],
    ['without a web', { web_ports: '' }],
    ['with several ports', { ssh_port: '22 2222', web_ports: '443', vpn_ports: '51820, 41641' }],
  ])('takes its rules %s, and leaves none behind', async (_name, settings) => {
    stage.host.configure(settings);
    const before = [await rules(), stage.state()];
    expect(await stage.run('plan', 'firewall')).toMatchObject({ code: 0 });
    expect([await rules(), stage.state()]).toEqual(before);
    const applied = await stage.run('apply', 'firewall');
    expect(applied.out).toContain('comes back by itself in 10 minutes');
    // What comes in, and what Docker publishes.
    for (const hook of ['input', 'forward'])
      expect(await rules()).toMatch(new RegExp(`hook ${hook} priority (filter - 10|-10); policy drop`));
    expect((await stage.run('verify', 'firewall')).out).toMatch(/pass\trules\t.*\nfirewall\tunknown\tconfirmed/);
    expect((await stage.run('undo', 'firewall')).code).toBe(0);
    expect([await rules(), stage.state()]).toEqual(before);
  });

  test('with Podman what stands at the door has no way out by it, where its network lies by now', async () => {
    const env = join(stage.host.dir, 'env');
    writeFileSync(env, 'KINKEEPER_NET=172.30.1\n');
    stage.host.configure({ container_host: 'unix:///run/podman/podman.sock', compose_env: env });
    await stage.run('apply', 'firewall');
    const [, forward] = (await rules()).split('chain forward');
    expect(forward).toMatch(/iifname "podman\*" ip saddr 172\.30\.11\.0\/24 drop\n[\s\S]*iifname "podman\*" accept/);
    expect(forward).toMatch(/iifname "podman\*" ip6 saddr fd6b:696e:6b65::\/64 drop\n[\s\S]*iifname "podman\*" accept/);
  });

  test.each([
    ['KINKEEPER_NET', 'KINKEEPER_NET="172.30.1"'],
    ['KINKEEPER_SUBNET6', 'KINKEEPER_SUBNET6=none'],
  ])('with Podman a %s that is no network is not left out without a word', async (setting, line) => {
    const env = join(stage.host.dir, 'env');
    writeFileSync(env, '');
    stage.host.configure({ container_host: 'unix:///run/podman/podman.sock', compose_env: env });
    await stage.run('apply', 'firewall');
    expect((await stage.run('verify', 'firewall')).out).toMatch(/pass\trules/);
    writeFileSync(env, `${line}\n`);
    expect((await stage.run('verify', 'firewall')).out).toMatch(
      new RegExp(`unknown\trules\t${setting} in .* has to be like`),
    );
    const before = await rules();
    expect((await stage.run('apply', 'firewall')).out).toMatch(
      new RegExp(`nothing was changed: ${setting} in .* has to be like`),
    );
    expect(await rules()).toBe(before);
  });

  test('what takes it back is started, and outlives a restart of the machine', async () => {
    for (const state of ['active', 'enabled']) rmSync(returnTimer(state));
    expect((await stage.run('apply', 'firewall')).code).toBe(0);
    expect([existsSync(returnTimer('active')), existsSync(returnTimer('enabled'))]).toEqual([true, true]);
  });

  test('nobody confirms: it comes back by itself', async () => {
    stage.host.configure({ confirm_minutes: '0' });
    const before = [await rules(), stage.state()];
    await stage.run('apply', 'firewall');
    expect(await stage.run('confirm', 'firewall')).toMatchObject({ code: 1 });
    expect((await stage.run('return')).code).toBe(0);
    expect([await rules(), stage.state()]).toEqual(before);
    expect(stage.host.acts()).toContain('harden firewall: nobody confirmed it');
  });

  test('a rule more is no pass', async () => {
    await stage.run('apply', 'firewall');
    await execa('ip', ['netns', 'exec', name, '/usr/sbin/nft', 'insert rule inet kinkeeper input accept']);
    expect((await stage.run('verify', 'firewall')).out).toMatch(/fail\trules/);
  });

  test('a sshd on a port that would be closed is asked about first', async () => {
    stage.host.fake('ss', `echo 'LISTEN 0 128 0.0.0.0:2222 0.0.0.0:* users:(("sshd",pid=7,fd=3))'`);
    const before = await rules();
    expect((await stage.run('apply', 'firewall')).out).toMatch(/nothing was changed: sshd listens on port 2222/);
    expect(await rules()).toBe(before);
  });
});
