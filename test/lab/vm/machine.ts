import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import type { VmImage } from './image.ts';

/** Addresses of the second cable: the machine, and who stands outside. */
export const MACHINE = { v4: '10.98.0.1', v6: 'fd98::1' } as const;
export const OUTSIDE = { v4: '10.98.0.2', v6: 'fd98::2' } as const;

/** What a command in the machine, or outside of it, came to. */
export interface Said {
  readonly code: number;
  readonly out: string;
}

const START_MS = 420_000;

/**
 * A whole machine that is thrown away: a system of its own, started from an image that stays as it is. It is talked to by SSH over a port of
 * the loopback, as `ada`; a network namespace stands for the outside. Needs root.
 */
export class Machine {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kin-vm-'));
  readonly #image: VmImage;
  readonly #name: string;
  #port = 0;
  #qemu: ChildProcess | undefined;

  private constructor(image: VmImage) {
    this.#image = image;
    this.#name = `kv${process.pid}`;
  }

  /** Starts one; resolves once somebody can log in. */
  static async start(image: VmImage, options: { memoryMb?: number } = {}): Promise<Machine> {
    const machine = new Machine(image);
    try {
      await machine.#boot(options.memoryMb ?? 1024);
      await machine.untilIn(START_MS);
      return machine;
    } catch (error) {
      const console_ = machine.console().split('\n').slice(-15).join('\n');
      await machine.remove();
      throw new Error(`the machine did not start: ${(error as Error).message}\n${console_}`);
    }
  }

  /** Runs a script of the shell as root; `code` 255: nobody came in. `isNew`: in a session that begins now, not in the one that is open. */
  async root(script: string, options: { timeoutMs?: number; isNew?: boolean } = {}): Promise<Said> {
    return this.ssh(['sudo', '/bin/sh', '-s'], { input: script, ...options });
  }

  /** As `root`, and throws Error with what was said where the script fails. Returns what it said. */
  async must(script: string): Promise<string> {
    const { code, out } = await this.root(script);
    if (code !== 0) throw new Error(`failed (${code}): ${script}\n${out}`);
    return out;
  }

  /** Runs a command by SSH, as ada or another account. */
  async ssh(
    command: readonly string[],
    options: { input?: string; user?: string; timeoutMs?: number; isNew?: boolean } = {},
  ): Promise<Said> {
    const target = `${options.user ?? 'ada'}@127.0.0.1`;
    const sshOptions = this.#sshOptions(options.isNew === true);
    const done = await execa('ssh', [...sshOptions, '-p', `${this.#port}`, target, ...command], {
      input: options.input ?? '',
      reject: false,
      all: true,
      timeout: options.timeoutMs ?? 300_000,
    });
    return { code: done.exitCode ?? 255, out: done.all };
  }

  /** Puts folders of this machine, whole, into one of root's there. */
  async put(from: string, names: readonly string[], to: string): Promise<void> {
    const pack = execa('tar', ['-C', from, '-c', ...names], { encoding: 'buffer' });
    const unpack = `mkdir -p ${to} && tar -C ${to} -x --no-same-owner`;
    await execa('ssh', [...this.#sshOptions(false), '-p', `${this.#port}`, 'ada@127.0.0.1', `sudo sh -c '${unpack}'`], {
      input: (await pack).stdout,
    });
  }

  /** Runs a program outside of the machine, on the other end of its second cable. */
  async outside(
    program: string,
    args: readonly string[],
    options: { input?: string; timeoutMs?: number } = {},
  ): Promise<Said> {
    const done = await execa('ip', ['netns', 'exec', this.#name, program, ...args], {
      input: options.input ?? '',
      reject: false,
      all: true,
      timeout: options.timeoutMs ?? 120_000,
    });
    return { code: done.exitCode ?? 255, out: done.all };
  }

  /** The private key that lets ada in, for programs outside. */
  get key(): string {
    return this.#image.key;
  }

  /** Restarts it, and waits until somebody can log in to the new start. */
  async restart(): Promise<void> {
    const before = await this.must('cat /proc/sys/kernel/random/boot_id');
    await this.root('systemd-run -q --on-active=1 systemctl reboot');
    await this.#hangUp();
    const deadline = Date.now() + START_MS;
    while (Date.now() < deadline) {
      const { code, out } = await this.root('cat /proc/sys/kernel/random/boot_id', { timeoutMs: 90_000 });
      if (code === 0 && out !== before) return;
      await pause(1000);
    }
    throw new Error('the machine did not come back');
  }

  /** Waits until somebody can log in. Throws Error when that takes longer. */
  async untilIn(ms: number): Promise<void> {
    const deadline = Date.now() + ms;
    while (Date.now() < deadline) {
      if (this.#qemu?.exitCode != null) throw new Error('qemu ended');
      if ((await this.ssh(['true'], { timeoutMs: 90_000 })).code === 0) return;
      await pause(1000);
    }
    throw new Error(`nobody could log in within ${ms / 1000} s`);
  }

  /** What it said on its console so far. */
  console(): string {
    try {
      return readFileSync(join(this.#folder, 'console'), 'utf8');
    } catch {
      return '';
    }
  }

  async remove(): Promise<void> {
    await this.#hangUp();
    if (this.#qemu?.exitCode === null && this.#qemu.signalCode === null) {
      this.#qemu.kill('SIGKILL');
      await once(this.#qemu, 'exit');
    }
    await execa('ip', ['netns', 'del', this.#name], { reject: false });
    await execa('ip', ['link', 'del', this.#name], { reject: false });
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Ends the connection that is kept. */
  async #hangUp(): Promise<void> {
    await execa('ssh', [...this.#sshOptions(false), '-O', 'exit', 'ada@127.0.0.1'], { reject: false });
  }

  async #boot(memoryMb: number): Promise<void> {
    this.#port = await freePort();
    const overlay = join(this.#folder, 'disk.qcow2');
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', this.#image.disk, overlay]);
    await execa('ip', ['tuntap', 'add', 'mode', 'tap', this.#name]);
    const log = openSync(join(this.#folder, 'qemu.log'), 'w');
    // It ends with this process, however that ends.
    const withUs = ['-n', '5', 'setpriv', '--pdeathsig', 'KILL', 'qemu-system-x86_64'];
    this.#qemu = spawn('nice', [...withUs, ...this.#arguments(memoryMb, overlay)], { stdio: ['ignore', log, log] });
    closeSync(log);
    await this.#layCable();
  }

  #arguments(memoryMb: number, overlay: string): string[] {
    const { kernel, initrd } = this.#image;
    return [
      ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-m', `${memoryMb}`, '-smp', '2', '-display', 'none'],
      ...['-serial', `file:${join(this.#folder, 'console')}`, '-kernel', kernel, '-initrd', initrd],
      ...['-append', 'root=/dev/vda rw console=ttyS0 net.ifnames=0'],
      ...[
        '-drive',
        `file=${overlay},if=virtio,format=qcow2,cache=unsafe`,
        '-object',
        'rng-random,id=rng,filename=/dev/urandom',
      ],
      ...['-device', 'virtio-rng-pci,rng=rng', '-netdev', `user,id=control,hostfwd=tcp:127.0.0.1:${this.#port}-:22`],
      ...['-device', 'virtio-net-pci,netdev=control,mac=52:54:00:00:00:01'],
      ...['-netdev', `tap,id=outside,ifname=${this.#name},script=no,downscript=no`],
      ...['-device', 'virtio-net-pci,netdev=outside,mac=52:54:00:00:00:02'],
    ];
  }

  /** Once qemu holds its end, the other one goes to a namespace of its own: nothing of this machine's network is touched. */
  async #layCable(): Promise<void> {
    const name = this.#name;
    await execa('ip', ['netns', 'add', name]);
    for (let tries = 0; !(await this.#isPlugged()); tries++) {
      if (tries > 100) throw new Error('qemu did not take its cable');
      await pause(100);
    }
    await execa('ip', ['link', 'set', name, 'netns', name]);
    for (const address of [`${OUTSIDE.v4}/24`, `${OUTSIDE.v6}/64`])
      await execa('ip', ['-n', name, 'addr', 'add', address, 'dev', name, ...(address.includes(':') ? ['nodad'] : [])]);
    for (const link of ['lo', name]) await execa('ip', ['-n', name, 'link', 'set', link, 'up']);
  }

  async #isPlugged(): Promise<boolean> {
    if (this.#qemu?.exitCode != null)
      throw new Error(`qemu ended: ${readFileSync(join(this.#folder, 'qemu.log'), 'utf8')}`);
    await execa('ip', ['link', 'set', this.#name, 'up']);
    return readFileSync(`/sys/class/net/${this.#name}/carrier`, 'utf8').trim() === '1';
  }

  /** Coming in takes seconds in a machine without hardware help: one connection is kept for all that needs none of its own. */
  #sshOptions(isNew: boolean): string[] {
    const kept = isNew
      ? ['ControlPath=none']
      : ['ControlMaster=auto', 'ControlPersist=600', `ControlPath=${join(this.#folder, 'ssh')}`];
    const plain = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    const quick = ['KexAlgorithms=curve25519-sha256', ...kept];
    const patient = ['ConnectTimeout=60', 'ServerAliveInterval=30', 'IdentitiesOnly=yes', 'IdentityAgent=none'];
    return [
      '-F',
      'none',
      '-i',
      this.#image.key,
      ...[...plain, ...patient, ...quick].flatMap((option) => ['-o', option]),
    ];
  }
}

/** A port of the loopback that nobody has at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
