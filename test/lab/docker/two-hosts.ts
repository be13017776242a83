import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** Addresses of the wire between the two. */
export const WIRE = { server: '10.77.0.2', outside: '10.77.0.1', server6: 'fd77::2', outside6: 'fd77::1' } as const;

/**
 * A server and somebody outside, as two network namespaces with one wire between them: nothing else leads into either. Outside,
 * `name` is an address of the server.
 */
export class TwoHosts implements AsyncDisposable {
  readonly server: string;
  readonly outside: string;

  private constructor(server: string, outside: string) {
    this.server = server;
    this.outside = outside;
  }

  static async make(name: string): Promise<TwoHosts> {
    const hosts = new TwoHosts(`kks${process.pid}`, `kko${process.pid}`);
    for (const one of [hosts.server, hosts.outside]) {
      await execa('ip', ['netns', 'add', one]);
      await hosts.ip(one, 'link', 'set', 'lo', 'up');
    }
    await hosts.ip(hosts.server, 'link', 'add', 'wan0', 'type', 'veth', 'peer', 'name', 'wan1', 'netns', hosts.outside);
    await hosts.#address(hosts.server, 'wan0', WIRE.server, WIRE.server6);
    await hosts.#address(hosts.outside, 'wan1', WIRE.outside, WIRE.outside6);
    await hosts.ip(hosts.server, 'route', 'add', 'default', 'via', WIRE.outside);
    await hosts.ip(hosts.server, '-6', 'route', 'add', 'default', 'via', WIRE.outside6);
    // `ip netns exec` lays this over /etc/hosts.
    mkdirSync(join('/etc/netns', hosts.outside), { recursive: true });
    writeFileSync(join('/etc/netns', hosts.outside, 'hosts'), `127.0.0.1 localhost\n${WIRE.server} ${name}\n`);
    return hosts;
  }

  /** Runs `ip` in one of the two. */
  async ip(host: string, ...args: string[]): Promise<void> {
    await execa('ip', ['-n', host, ...args]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of [this.server, this.outside]) await execa('ip', ['netns', 'del', one], { reject: false });
    rmSync(join('/etc/netns', this.outside), { recursive: true, force: true });
  }

  async #address(host: string, device: string, v4: string, v6: string): Promise<void> {
    await this.ip(host, 'addr', 'add', `${v4}/24`, 'dev', device);
    // At once: nobody else is on the wire.
    await this.ip(host, 'addr', 'add', `${v6}/64`, 'dev', device, 'nodad');
    await this.ip(host, 'link', 'set', device, 'up');
  }
}
