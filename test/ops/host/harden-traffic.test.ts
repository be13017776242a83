import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HardenHost } from './harden-host.ts';
import { begin, canUseNft } from './outside-host.ts';

// What the firewall's rules do to what really comes: a host between a machine outside, a device in the VPN, and a container whose ports are
// published, each a network of the kernel.

const NAME = `kint${process.pid}`;
const [HOST, OUTSIDE, DEVICE, CONTAINER] = ['h', 'o', 'v', 'c'].map((one) => NAME + one) as [
  string,
  string,
  string,
  string,
];

/** Where each cable of the host leads, and the addresses at its two ends. */
const CABLES = [
  {
    link: 'eth0',
    to: OUTSIDE,
    ends: [
      ['10.97.0.1/24', 'fd97::1/64'],
      ['10.97.0.2/24', 'fd97::2/64'],
    ],
  },
  { link: 'wg0', to: DEVICE, ends: [['10.77.0.1/24'], ['10.77.0.2/24']] },
  { link: 'br-kin', to: CONTAINER, ends: [['10.98.0.1/24'], ['10.98.0.2/24']] },
] as const;

/** As Docker publishes: another port of a container in the place of the one that was asked for. */
const PUBLISHED = `table ip nat {
  chain prerouting {
    type nat hook prerouting priority -100;
    iifname { "eth0", "wg0" } tcp dport 443 dnat to 10.98.0.2:8443
    iifname { "eth0", "wg0" } tcp dport 9443 dnat to 10.98.0.2:8443
  }
}
`;

/** Takes connections at ports of TCP by both families, and sends back what comes at a port of UDP. */
const LISTEN = `
const [tcp, udp] = JSON.parse(process.argv[1]);
for (const port of tcp) require('node:net').createServer((one) => one.end('x')).listen(port, () => console.log('ready'));
for (const port of udp) {
  const socket = require('node:dgram').createSocket('udp6');
  socket.on('message', (word, from) => socket.send(word, from.port, from.address)).bind(port, () => console.log('ready'));
}
`;

/** Asks at each place until all that are to answer have; then gives the others a second more. Says which answered. */
const KNOCK = `
const [open, shut] = JSON.parse(process.argv[1]);
const answered = new Set();
const ask = (place) => {
  const [protocol, host, port] = place.split(' ');
  const heard = () => answered.add(place);
  if (protocol === 'tcp') return require('node:net').connect(port, host).on('data', heard).on('error', () => {});
  const socket = require('node:dgram').createSocket(host.includes(':') ? 'udp6' : 'udp4').on('message', heard).on('error', () => {});
  socket.send('x', port, host);
};
const end = () => { console.log(JSON.stringify([...answered].sort())); process.exit(0); };
for (const place of [...shut, ...open]) ask(place);
const since = Date.now();
setInterval(() => {
  const waits = open.filter((place) => !answered.has(place));
  if (waits.length === 0 || Date.now() - since > 30000) return setTimeout(end, 1000);
  waits.forEach(ask);
}, 1000);
`;

const isAble = canUseNft();
if (!isAble) console.log('Left out: the firewall (nft) is not here, or only root may use it.');

describe.runIf(isAble)('from outside', () => {
  let stage: HardenHost;
  let listening: ReturnType<typeof begin>[];

  const ip = (...args: string[]) => execa('ip', args);
  const within = (name: string, ...args: string[]) => execa('ip', ['netns', 'exec', name, ...args], { reject: false });

  beforeEach(async () => {
    for (const name of [HOST, OUTSIDE, DEVICE, CONTAINER]) await ip('netns', 'add', name);
    for (const { link, to, ends } of CABLES) {
      await ip('-n', HOST, 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', to);
      for (const [name, at, addresses] of [
        [HOST, link, ends[0]],
        [to, 'eth0', ends[1]],
      ] as const) {
        for (const one of addresses)
          await ip('-n', name, 'addr', 'add', one, 'dev', at, ...(one.includes(':') ? ['nodad'] : []));
        for (const one of ['lo', at]) await ip('-n', name, 'link', 'set', one, 'up');
      }
    }
    for (const [name, via] of [
      [OUTSIDE, '10.97.0.1'],
      [DEVICE, '10.77.0.1'],
      [CONTAINER, '10.98.0.1'],
    ] as const)
      await ip('-n', name, 'route', 'add', 'default', 'via', via);
    await within(HOST, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward');
    await execa('ip', ['netns', 'exec', HOST, 'nft', '-f', '-'], { input: PUBLISHED });
    listening = [];
    await listen(HOST, [22, 80, 9000], [51_820, 5353]);
    await listen(CONTAINER, [8443], []);
    stage = new HardenHost();
    stage.installTimer();
    const there = `PATH=/usr/sbin:/usr/bin:/sbin:/bin exec ip netns exec ${HOST}`;
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
    for (const one of listening) one.kill('SIGKILL');
    await Promise.all(listening);
    stage.remove();
    for (const name of [HOST, OUTSIDE, DEVICE, CONTAINER]) await execa('ip', ['netns', 'del', name], { reject: false });
  });

  async function listen(name: string, tcp: readonly number[], udp: readonly number[]): Promise<void> {
    const args = ['netns', 'exec', name, process.execPath, '-e', LISTEN, JSON.stringify([tcp, udp])];
    const one = begin(args);
    listening.push(one);
    let ready = '';
    one.stdout?.on('data', (piece: Buffer) => {
      ready += piece.toString();
    });
    await expect.poll(() => ready.match(/ready/g)?.length).toBe(tcp.length + udp.length);
  }

  /** Of these places, those that answer to a machine; sorted. */
  async function answering(from: string, open: readonly string[], shut: readonly string[]): Promise<string[]> {
    const { stdout } = await within(from, process.execPath, '-e', KNOCK, JSON.stringify([open, shut]));
    return JSON.parse(stdout) as string[];
  }

  /** Each place with a port, at the host's address of that side. */
  const at = (host: string, ...places: string[]) => places.map((place) => place.replace(' ', ` ${host} `));

  test('only SSH, the web and the VPN are reached, by IPv4 and IPv6; of what is published the web alone', async () => {
    const all = [
      ...at('10.97.0.1', 'tcp 22', 'tcp 80', 'tcp 443', 'tcp 9000', 'tcp 9443', 'udp 51820', 'udp 5353'),
      ...at('fd97::1', 'tcp 22', 'tcp 80', 'tcp 9000', 'udp 51820', 'udp 5353'),
    ];
    expect(await answering(OUTSIDE, all, [])).toEqual(all.toSorted());
    expect((await stage.run('apply', 'firewall')).code).toBe(0);
    for (const name of [HOST, OUTSIDE]) await ip('-n', name, '-6', 'neigh', 'flush', 'dev', 'eth0');
    const open = all.filter((place) => !/ (9000|9443|5353)$/.test(place));
    expect(await answering(OUTSIDE, open, all)).toEqual(open.toSorted());
  });

  test('with a web for the VPN only, nobody else reaches it', async () => {
    stage.host.configure({ web_from: 'vpn' });
    expect((await stage.run('apply', 'firewall')).code).toBe(0);
    const web = ['tcp 80', 'tcp 443'];
    const inside = at('10.77.0.1', 'tcp 22', ...web);
    expect(await answering(DEVICE, inside, at('10.77.0.1', 'tcp 9000', 'tcp 9443'))).toEqual(inside.toSorted());
    const ssh = at('10.97.0.1', 'tcp 22');
    expect(await answering(OUTSIDE, ssh, [...at('10.97.0.1', ...web), ...at('fd97::1', 'tcp 80')])).toEqual(ssh);
  });
});
