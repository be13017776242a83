import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { VmImage } from './image.ts';
import { CONTROL, LabMachine, OUTSIDE, START_MS } from './lab-machine.ts';

const TIME_SERVER = fileURLToPath(new URL('./time-server.ts', import.meta.url));

/**
 * The same system under a kernel of its own that is a process of this machine (user-mode Linux): audit, values of a kernel, swap, a clock, sealed
 * volumes. Starts several times as fast as a whole `Machine`. What Debian packages has no WireGuard, and no tables of nftables for IPv4 and IPv6 at
 * once: what is about those needs another kind.
 */
export class UserModeMachine extends LabMachine {
  #kernel: ChildProcess | undefined;
  #clock: ChildProcess | undefined;

  /** Starts one; resolves once somebody can log in. */
  static start(image: VmImage): Promise<UserModeMachine> {
    return LabMachine.started(new UserModeMachine(image));
  }

  protected async turnOn(): Promise<void> {
    await this.#layCables();
    this.#clock = this.#inside('clock', [process.execPath, TIME_SERVER]);
    this.#boot();
  }

  protected reach() {
    return { program: ['ip', 'netns', 'exec', this.name, 'ssh'], host: [`ada@${CONTROL.near}`] };
  }

  protected whyOver(): string | undefined {
    return this.#kernel !== undefined && isOver(this.#kernel) ? 'its kernel ended' : undefined;
  }

  /** Shuts it down in order, as far as it can, and starts it anew with its disk. */
  async restart(): Promise<void> {
    await this.root('systemd-run -q --on-active=1 systemctl poweroff');
    await this.hangUp();
    const deadline = Date.now() + START_MS;
    while (!isOver(this.#kernel!) && Date.now() < deadline) await pause(500);
    await end(this.#kernel);
    this.#boot();
    await this.untilIn(START_MS);
  }

  override async remove(): Promise<void> {
    await Promise.all([end(this.#kernel), end(this.#clock)]);
    await super.remove();
  }

  /** Runs a program in the network outside, in numbers of processes of its own: all that it started ends with it, and it with us. */
  #inside(log: string, program: readonly string[]): ChildProcess {
    const file = openSync(join(this.folder, log), 'a');
    const withUs = ['--pdeathsig', 'KILL', 'ip', 'netns', 'exec', this.name, 'unshare', '-p', '-f', '--kill-child'];
    const child = spawn('setpriv', [...withUs, 'nice', '-n', '5', ...program], { stdio: ['ignore', file, file] });
    closeSync(file);
    return child;
  }

  #boot(): void {
    const disk = `ubd0=${join(this.folder, 'disk.cow')},${this.image.disk}`;
    const cables = ['tap0', 'tap1'].map((end, at) => `eth${at}=tuntap,${end},52:54:00:00:00:0${at + 1}`);
    const said = ['con=null', 'con0=null,fd:2', 'ssl=null'];
    const kernel = ['linux.uml', 'mem=768M', disk, 'root=/dev/ubda', 'rw', 'net.ifnames=0', `umid=${this.name}`];
    // Its memory is a file: on no disk.
    this.#kernel = this.#inside('console', ['env', 'TMPDIR=/dev/shm', ...kernel, ...cables, ...said]);
  }

  async #layCables(): Promise<void> {
    const far = (...args: string[]) => execa('ip', ['-n', this.name, ...args]);
    await execa('ip', ['netns', 'add', this.name]);
    for (const cable of ['tap0', 'tap1']) {
      await far('tuntap', 'add', 'mode', 'tap', cable);
      await far('link', 'set', cable, 'up');
    }
    await far('link', 'set', 'lo', 'up');
    await far('addr', 'add', `${CONTROL.far}/24`, 'dev', 'tap0');
    await far('addr', 'add', `${OUTSIDE.v4}/24`, 'dev', 'tap1');
    await far('addr', 'add', `${OUTSIDE.v6}/64`, 'dev', 'tap1', 'nodad');
  }
}

function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || isOver(child)) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
