import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canUseNft, OutsideHost } from './outside-host.ts';
import { TestHost } from './test-host.ts';

// The rules that close the outside, read by the real firewall of the kernel, in networks of their own.

const isAble = canUseNft();
if (!isAble) console.log('Left out: the firewall (nft) is not here, or only root may use it.');

describe.runIf(isAble)('the firewall takes the rules of closing', () => {
  let host: TestHost;
  beforeEach(() => {
    host = TestHost.make();
    // Each call in a network of its own, so that nothing of this machine is closed.
    host.fake('nft', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin exec unshare -n nft "$@"');
  });
  afterEach(() => host.remove());

  test.each<[string, Record<string, string>]>([
    ['as the helper comes', {}],
    ['without a VPN', { vpn_ports: '', vpn_interfaces: '' }],
    ['with an interface alone', { vpn_ports: '', vpn_interfaces: 'wg0' }],
    ['with several ports of SSH', { ssh_port: '22 2222' }],
    ['with commas', { ssh_port: '22,2222', vpn_ports: '51820, 41641', vpn_interfaces: 'wg0, tailscale0' }],
    ['without SSH', { ssh_port: '' }],
  ])('%s', async (_name, settings) => {
    host.configure(settings);
    expect(await host.ask('a1', 'check-outside\n')).toEqual(['ok']);
    expect(await host.ask('a2', 'close-outside\n')).toEqual(['ok', 'closed=yes']);
    expect(await host.ask('a3', 'open-outside\n')).toEqual(['ok', 'closed=no']);
  });

  test('what it would not take shows before it is needed', async () => {
    host.configure({ ssh_port: '99999' });
    host.leave('a1', 'check-outside\n');
    await host.run('serve');
    expect(host.answer('a1')).toEqual(['failed', 'reason=nft-failed']);
  });
});

describe.runIf(isAble)('when the outside is closed', () => {
  let stage: OutsideHost;
  beforeEach(async () => {
    stage = await OutsideHost.make();
  });
  afterEach(() => stage.remove());

  test('sessions from outside that were open end, those of SSH and what the host began go on', async () => {
    const [goOn, end] = [
      ['container', 'own', 'ssh', 'ssh6'],
      ['published', 'web', 'web6'],
    ];
    const said = (word: string, names: readonly string[]) => names.map((name) => `${name} ${word}`);
    await stage.say('before');
    const before = said('before', [...goOn, ...end]);
    await expect.poll(() => stage.heard()).toEqual(before.toSorted());
    expect(await stage.host.ask('a1', 'close-outside\n')).toEqual(['ok', 'closed=yes']);
    await stage.forgetNeighbours();
    await stage.say('after');
    expect(stage.heard()).toEqual([...before, ...said('after', goOn)].sort());
    expect(await stage.host.ask('a2', 'open-outside\n')).toEqual(['ok', 'closed=no']);
    await expect.poll(() => stage.heard()).toEqual(expect.arrayContaining(said('after', end)));
  });
});
