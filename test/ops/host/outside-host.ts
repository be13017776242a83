import { existsSync } from 'node:fs';
import { execa, execaSync } from 'execa';
import { expect } from 'vitest';
import { TestHost } from './test-host.ts';

const [HOST, OUTSIDE] = ['10.99.0.1', '10.99.0.2'];
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
 * A host and a machine outside, joined by a cable: two networks of the kernel. From outside somebody has a session to a web port and one to
 * the SSH port; the host has begun one of its own. The helper's nft acts on that host alone.
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
    await expect.poll(() => stage.#heard.match(/ready/g)?.length).toBe(3);
    const sessions = [
      ['web', HOST, WEB],
      ['ssh', HOST, SSH],
    ];
    stage.#talk(stage.#far, [[], sessions]);
    stage.#talk(stage.#near, [[], [['own', OUTSIDE, FAR]]]);
    await expect.poll(() => stage.#heard.match(/open/g)?.length).toBe(3);
    return stage;
  }

  /** Says a word on all sessions, the web's first; returns once it came back on those that have to go on. */
  async say(word: string): Promise<void> {
    for (const talk of this.#talks.slice(2)) talk.stdin?.write(`${word}\n`);
    await expect.poll(() => this.heard()).toEqual(expect.arrayContaining([`ssh ${word}`, `own ${word}`]));
  }

  /** What came back so far: name of the session, word. Sorted. */
  heard(): string[] {
    return this.#heard.match(/^(own|ssh|web) .*$/gm)?.sort() ?? [];
  }

  async remove(): Promise<void> {
    for (const talk of this.#talks) talk.kill('SIGKILL');
    await Promise.all(this.#talks);
    for (const name of [this.#near, this.#far]) await execa('ip', ['netns', 'del', name], { reject: false });
    this.host.remove();
  }

  get #near(): string {
    return `${this.#name}h`;
  }

  get #far(): string {
    return `${this.#name}o`;
  }

  async #lay(): Promise<void> {
    for (const name of [this.#near, this.#far]) await this.#ip(['netns', 'add', name]);
    const peer = ['peer', 'name', 'eth0', 'netns', this.#far];
    await this.#ip(['-n', this.#near, 'link', 'add', 'eth0', 'type', 'veth', ...peer]);
    for (const [name, address] of [
      [this.#near, HOST],
      [this.#far, OUTSIDE],
    ] as const) {
      await this.#ip(['-n', name, 'addr', 'add', `${address}/24`, 'dev', 'eth0']);
      for (const link of ['lo', 'eth0']) await this.#ip(['-n', name, 'link', 'set', link, 'up']);
    }
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

function begin(args: readonly string[]) {
  return execa('ip', args, { reject: false, buffer: false });
}
