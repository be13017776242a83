import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { VmImage } from './image.ts';
import { CONTROL, LabMachine, MACHINE, OUTSIDE, START_MS } from './lab-machine.ts';

const START = fileURLToPath(new URL('./start-namespaced.sh', import.meta.url));

/**
 * The same system under the kernel of this machine, in namespaces of its own: starts in seconds. It has no values of a kernel, no audit, no swap, no
 * clock and no devices of its own, so what is about those needs a whole `Machine`.
 */
export class NamespacedMachine extends LabMachine {
  readonly #tree = join(this.folder, 'tree');
  #first: ChildProcess | undefined;

  /** Starts one; resolves once somebody can log in. */
  static start(image: VmImage): Promise<NamespacedMachine> {
    return LabMachine.started(new NamespacedMachine(image));
  }

  protected async turnOn(): Promise<void> {
    await this.#layTree();
    await this.#boot();
  }

  protected reach() {
    return { program: ['ip', 'netns', 'exec', this.name, 'ssh'], host: [`ada@${CONTROL.near}`] };
  }

  protected whyOver(): string | undefined {
    return this.#first?.exitCode === null ? undefined : 'its first process ended';
  }

  /** Restarts it as a power cut would, files as they are. */
  async restart(): Promise<void> {
    await this.hangUp();
    await this.#end();
    await this.#boot();
    await this.untilIn(START_MS);
  }

  override async remove(): Promise<void> {
    await this.#end();
    await execa('umount', [this.#tree, join(this.folder, 'lower')], { reject: false });
    await super.remove();
  }

  /** The image below, what is written above it in memory. */
  async #layTree(): Promise<void> {
    const part = (name: string) => join(this.folder, name);
    for (const name of ['lower', 'upper', 'work', 'tree']) mkdirSync(part(name));
    await execa('mount', ['-o', 'loop,ro', this.image.disk, part('lower')]);
    const layers = `lowerdir=${part('lower')},upperdir=${part('upper')},workdir=${part('work')}`;
    await execa('mount', ['-t', 'overlay', 'overlay', '-o', layers, this.#tree]);
  }

  async #boot(): Promise<void> {
    const log = openSync(join(this.folder, 'console'), 'a');
    const withUs = ['--pdeathsig', 'KILL', '/bin/sh', START, this.#tree, this.name];
    this.#first = spawn('setpriv', withUs, { stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    await this.#layCables();
  }

  /** Two pairs of interfaces between its network and the namespace outside. */
  async #layCables(): Promise<void> {
    const first = await this.#firstProcess();
    await execa('ip', ['netns', 'del', this.name], { reject: false });
    await execa('ip', ['netns', 'add', this.name]);
    const near = (...args: string[]) => execa('nsenter', ['-t', first, '-n', 'ip', ...args]);
    const far = (...args: string[]) => execa('ip', ['-n', this.name, ...args]);
    for (const link of ['eth0', 'eth1']) {
      await far('link', 'add', link, 'type', 'veth', 'peer', 'name', link, 'netns', first);
      await Promise.all([near('link', 'set', link, 'up'), far('link', 'set', link, 'up')]);
    }
    await far('link', 'set', 'lo', 'up');
    await near('addr', 'replace', `${CONTROL.near}/24`, 'dev', 'eth0');
    await far('addr', 'add', `${CONTROL.far}/24`, 'dev', 'eth0');
    await near('addr', 'replace', `${MACHINE.v4}/24`, 'dev', 'eth1');
    await far('addr', 'add', `${OUTSIDE.v4}/24`, 'dev', 'eth1');
    await near('addr', 'replace', `${MACHINE.v6}/64`, 'dev', 'eth1', 'nodad');
    await far('addr', 'add', `${OUTSIDE.v6}/64`, 'dev', 'eth1', 'nodad');
  }

  /** The number, as we see it, of the first process in the namespaces: the child of the one that made them. */
  async #firstProcess(): Promise<string> {
    for (let tries = 0; tries < 200; tries++) {
      const { stdout } = await execa('ps', ['-o', 'pid=', '--ppid', `${this.#first!.pid}`], { reject: false });
      const [child] = stdout.trim().split(/\s+/);
      if (child !== undefined && child !== '' && hasOwnNetwork(child)) return child;
      if (this.whyOver() !== undefined) break;
      await pause(50);
    }
    throw new Error('no namespaces could be made');
  }

  async #end(): Promise<void> {
    if (this.#first?.exitCode !== null || this.#first.signalCode !== null) return;
    this.#first.kill('SIGKILL');
    await once(this.#first, 'exit');
  }
}

/** Whether the process is in another network than this one. */
function hasOwnNetwork(pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync('/proc/self/ns/net');
  } catch {
    return false;
  }
}
