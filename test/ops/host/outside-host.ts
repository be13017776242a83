import { existsSync } from 'node:fs';
import { execa, execaSync } from 'execa';
import { expect } from 'vitest';
import { TestHost } from './test-host.ts';

const [HOST, OUTSIDE] = ['10.99.0.1', '10.99.0.2'];
const [HOST6, OUTSIDE6] = ['fd99::1', 'fd99::2'];
/** A container, and the host's end of its network, named as Docker names one. */
const [CONTAINER, BRIDGE] = ['10.98.0.2', '10.98.0.1'];
const [SSH, WEB, FAR] = [2222, 8080, 9000];

/** A network that tracks connections before anything is closed, as with ufw or Docker. */
const TRACKING = `table inet before {
  chain input {
    type filter hook input priority 0;
    ct state established accept
  }
}
`;

/** Each line that comes back on a connection is said, with the connection's name; each line of the input is sent on all of them. */
const TALK = `
const net = require('node:net');
const [listen, connect] = JSON.parse(process.argv[1]);
const lines = (from, each) => require('node:readline').createInterface({ input: from }).on('line', each);
for (const port of listen) net.createServer((one) => one.pipe(one)).listen(port, () => console.log('ready'));
const ends = connect.map(([name, host, port]) => {
  const one = net.connect(port, host, () => console.log('open ' + name));
  lines(one, (line) => console.log(name + ' ' + line));
  return one;
});
lines(process.stdin, (line) => { for (const one of ends) one.write(line + '\\n'); });
`;

/** Whether rules of nftables can be tried here, in a network of its own. */
export function canUseNft(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/sbin/nft')) return false;
  return execaSync('unshare', ['-n', '/usr/sbin/nft', '-f', '-'], { input: TRACKING, reject: false }).exitCode === 0;
}

/**
 * A host and a machine outside, joined by a cable, and a container behind the host: three networks of the kernel. From outside somebody has
 * sessions to a web port and to the SSH port, each by IPv4 and IPv6, and one to the container; host and container have each begun one of their
 * own. The helper's nft acts on that host alone.
 */
export class OutsideHost {
  readonly host = TestHost.make({ ssh_port: String(SSH), vpn_ports: '', vpn_interfaces: '' });
  readonly #name = `kin${process.pid}`;
  readonly #talks: ReturnType<typeof begin>[] = [];
  #heard = '';

  private constructor() {}

  static async make(): Promise<OutsideHost> {
    const stage = new OutsideHost();
    await stage.#lay();
    stage.host.fake('nft', `PATH=/usr/sbin:/usr/bin:/sbin:/bin exec ip netns exec ${stage.#near} nft "$@"`);
    await stage.#ip(['netns', 'exec', stage.#near, 'nft', '-f', '-'], TRACKING);
    stage.#talk(stage.#near, [[SSH, WEB], []]);
    stage.#talk(stage.#far, [[FAR], []]);
    stage.#talk(stage.#behind, [[WEB], []]);
    await expect.poll(() => stage.#heard.match(/ready/g)?.length).toBe(4);
    const sessions = [
      ['web', HOST, WEB],
      ['web6', HOST6, WEB],
      ['published', CONTAINER, WEB],
      ['ssh', HOST, SSH],
      ['ssh6', HOST6, SSH],
    ];
    stage.#talk(stage.#far, [[], sessions]);
    stage.#talk(stage.#near, [[], [['own', OUTSIDE, FAR]]]);
    stage.#talk(stage.#behind, [[], [['container', OUTSIDE, FAR]]]);
    await expect.poll(() => stage.#heard.match(/open/g)?.length).toBe(7);
    return stage;
  }

  /** Says a word on all sessions, the web's first; returns once it came back on those that have to go on. */
  async say(word: string): Promise<void> {
    for (const talk of this.#talks.slice(3)) talk.stdin?.write(`${word}\n`);
    const goOn = ['ssh', 'ssh6', 'own', 'container'].map((name) => `${name} ${word}`);
    await expect.poll(() => this.heard()).toEqual(expect.arrayContaining(goOn));
  }

  /** What came back so far: name of the session, word. Sorted. */
  heard(): string[] {
    return this.#heard.match(/^(own|container|published|ssh6?|web6?) .*$/gm)?.sort() ?? [];
  }

  /** Host and machine outside have to ask for each other anew by IPv6, as they do every other minute. */
  async forgetNeighbours(): Promise<void> {
    for (const name of [this.#near, this.#far]) await this.#ip(['-n', name, '-6', 'neigh', 'flush', 'dev', 'eth0']);
  }

  async remove(): Promise<void> {
    for (const talk of this.#talks) talk.kill('SIGKILL');
    await Promise.all(this.#talks);
    for (const name of [this.#near, this.#far, this.#behind])
      await execa('ip', ['netns', 'del', name], { reject: false });
    this.host.remove();
  }

  get #near(): string {
    return `${this.#name}h`;
  }

  get #far(): string {
    return `${this.#name}o`;
  }

  get #behind(): string {
    return `${this.#name}c`;
  }

  async #lay(): Promise<void> {
    for (const name of [this.#near, this.#far, this.#behind]) await this.#ip(['netns', 'add', name]);
    for (const [link, other] of [
      ['eth0', this.#far],
      ['br-kin', this.#behind],
    ] as const) {
      const peer = ['peer', 'name', 'eth0', 'netns', other];
      await this.#ip(['-n', this.#near, 'link', 'add', link, 'type', 'veth', ...peer]);
    }
    for (const [name, link, ...addresses] of [
      [this.#near, 'eth0', `${HOST}/24`, `${HOST6}/64`],
      [this.#near, 'br-kin', `${BRIDGE}/24`],
      [this.#far, 'eth0', `${OUTSIDE}/24`, `${OUTSIDE6}/64`],
      [this.#behind, 'eth0', `${CONTAINER}/24`],
    ] as const) {
      // Without asking first whether somebody has the address of IPv6 already: it can be used at once.
      for (const address of addresses)
        await this.#ip(['-n', name, 'addr', 'add', address, 'dev', link, ...(address.includes(':') ? ['nodad'] : [])]);
      for (const one of ['lo', link]) await this.#ip(['-n', name, 'link', 'set', one, 'up']);
    }
    await this.#ip(['netns', 'exec', this.#near, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward']);
    await this.#ip(['-n', this.#far, 'route', 'add', '10.98.0.0/24', 'via', HOST]);
    await this.#ip(['-n', this.#behind, 'route', 'add', 'default', 'via', BRIDGE]);
  }

  async #ip(args: readonly string[], input = ''): Promise<void> {
    await execa('ip', args, { input });
  }

  #talk(network: string, plan: readonly [number[], unknown[]]): void {
    const args = ['netns', 'exec', network, process.execPath, '-e', TALK, JSON.stringify(plan)];
    const talk = begin(args);
    talk.stdout?.on('data', (piece: Buffer) => {
      this.#heard += piece.toString();
    });
    this.#talks.push(talk);
  }
}

/** Begins a program in a network of its own, by the words of `ip netns exec`; what it says is for who reads it. */
export function begin(args: readonly string[]) {
  return execa('ip', args, { reject: false, buffer: false });
}
