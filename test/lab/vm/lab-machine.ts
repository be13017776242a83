import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import type { VmImage } from './image.ts';

/** Addresses of the second cable: the machine, and who stands outside. */
export const MACHINE = { v4: '10.98.0.1', v6: 'fd98::1' } as const;
export const OUTSIDE = { v4: '10.98.0.2', v6: 'fd98::2' } as const;

/** Of the first cable, over which a machine is talked to: its end, and ours. */
export const CONTROL = { near: '10.0.2.15', far: '10.0.2.2' } as const;

/** What a command in the machine, or outside of it, came to. */
export interface Said {
  readonly code: number;
  readonly out: string;
}

/** How a script is run; `isNew`: in an SSH session that begins now, not in the one that is kept. */
export interface RunOptions {
  readonly timeoutMs?: number;
  readonly isNew?: boolean;
}

/** How long a machine may take to start, where it has to share two cores with others. */
export const START_MS = 420_000;

let started = 0;

/**
 * A machine that is thrown away, with a system of its own, from an image that stays as it is. It is talked to by SSH, as `ada`; a network
 * namespace stands for the outside. Needs root.
 */
export abstract class LabMachine {
  protected readonly folder = mkdtempSync(join(tmpdir(), 'kin-vm-'));
  /** Of its network namespace, and of what else has to have a name. */
  protected readonly name = `kv${process.pid}${String.fromCharCode(97 + (started++ % 26))}`;
  protected readonly image: VmImage;
  readonly #servers = new Set<ChildProcess>();

  protected constructor(image: VmImage) {
    this.image = image;
  }

  /**
   * Starts a machine; resolves once somebody can log in. Where nobody can, nothing of it is left. Throws Error with the end of what it said on its
   * console.
   */
  protected static async started<Kind extends LabMachine>(machine: Kind): Promise<Kind> {
    try {
      await machine.turnOn();
      await machine.untilIn(START_MS);
      return machine;
    } catch (error) {
      const said = machine.console().split('\n').slice(-15).join('\n');
      await machine.remove();
      throw new Error(`the machine did not start: ${(error as Error).message}\n${said}`);
    }
  }

  /** Makes what it needs here, and has its system begin. */
  protected abstract turnOn(): Promise<void>;

  /** The program, with its first arguments, that reaches its SSH, and what stands for the machine behind them. */
  protected abstract reach(): { readonly program: readonly string[]; readonly host: readonly string[] };

  /** Why it will never answer; undefined while it may. */
  protected abstract whyOver(): string | undefined;

  /** Runs a script of the shell as root; `code` 255: nobody came in. */
  async root(script: string, options: RunOptions = {}): Promise<Said> {
    return this.ssh(['sudo', '/bin/sh', '-s'], { input: script, ...options });
  }

  /** As `root`, and throws Error with what was said where the script fails. Returns what it said. */
  async must(script: string): Promise<string> {
    const { code, out } = await this.root(script);
    if (code !== 0) throw new Error(`failed (${code}): ${script}\n${out}`);
    return out;
  }

  /** Runs a command by SSH, as ada. */
  async ssh(command: readonly string[], options: RunOptions & { input?: string } = {}): Promise<Said> {
    const [program, ...args] = this.#call(options.isNew === true);
    const done = await execa(program!, [...args, ...command], {
      input: options.input ?? '',
      reject: false,
      all: true,
      timeout: options.timeoutMs ?? 300_000,
    });
    return { code: done.exitCode ?? 255, out: done.all };
  }

  /** Puts folders of this machine, whole, into one of root's there. */
  async put(from: string, names: readonly string[], to: string): Promise<void> {
    const { stdout } = await execa('tar', ['-C', from, '-c', ...names], { encoding: 'buffer' });
    const [program, ...args] = this.#call(false);
    await execa(program!, [...args, `sudo sh -c 'mkdir -p ${to} && tar -C ${to} -x --no-same-owner'`], {
      input: stdout,
    });
  }

  /** Has a socket of this machine stand in there, for as long as the kept connection lasts. */
  async lend(socket: string, there: string): Promise<void> {
    await this.ssh(['true']);
    const [program, ...args] = this.#call(false);
    const host = args.pop()!;
    await execa(program!, [...args, '-O', 'forward', '-R', `${there}:${socket}`, host]);
  }

  /** Runs a program outside of the machine, on the other end of its second cable. */
  async outside(program: string, args: readonly string[], options: { timeoutMs?: number } = {}): Promise<Said> {
    const done = await execa('ip', ['netns', 'exec', this.name, program, ...args], {
      input: '',
      reject: false,
      all: true,
      timeout: options.timeoutMs ?? 120_000,
    });
    return { code: done.exitCode ?? 255, out: done.all };
  }

  /** Starts a program that serves outside of the machine, on the other end of its second cable; returns what ends it. It ends with this process, too. */
  serveOutside(program: string, args: readonly string[]): () => Promise<void> {
    const inside = ['--pdeathsig', 'KILL', 'ip', 'netns', 'exec', this.name, program, ...args];
    const child = spawn('setpriv', inside, { stdio: 'ignore' });
    this.#servers.add(child);
    return () => this.#end(child);
  }

  /** The private key that lets ada in, for programs outside. */
  get key(): string {
    return this.image.key;
  }

  /** Waits until somebody can log in. Throws Error when that takes longer. */
  async untilIn(ms: number): Promise<void> {
    const deadline = Date.now() + ms;
    while (Date.now() < deadline) {
      const why = this.whyOver();
      if (why !== undefined) throw new Error(why);
      if ((await this.ssh(['true'], { timeoutMs: 90_000 })).code === 0) return;
      await pause(500);
    }
    throw new Error(`nobody could log in within ${ms / 1000} s`);
  }

  /** Restarts it, and waits until somebody can log in to the new start. */
  abstract restart(): Promise<void>;

  /** What it said on its console so far. */
  console(): string {
    try {
      return readFileSync(join(this.folder, 'console'), 'utf8');
    } catch {
      return '';
    }
  }

  async remove(): Promise<void> {
    await this.hangUp();
    await Promise.all([...this.#servers].map((child) => this.#end(child)));
    await execa('ip', ['netns', 'del', this.name], { reject: false });
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #end(child: ChildProcess): Promise<void> {
    this.#servers.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Ends the connection that is kept. */
  protected async hangUp(): Promise<void> {
    const [program, ...args] = this.#call(false);
    const host = args.pop()!;
    await execa(program!, [...args, '-O', 'exit', host], { reject: false });
  }

  /** Coming in takes seconds where no hardware helps: one connection is kept for all that needs none of its own. */
  #call(isNew: boolean): string[] {
    const kept = isNew
      ? ['ControlPath=none']
      : ['ControlMaster=auto', 'ControlPersist=600', `ControlPath=${join(this.folder, 'ssh')}`];
    const plain = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    const patient = ['ConnectTimeout=60', 'ServerAliveInterval=30', 'IdentitiesOnly=yes', 'IdentityAgent=none'];
    const quick = ['KexAlgorithms=curve25519-sha256', ...kept];
    const options = [...plain, ...patient, ...quick].flatMap((option) => ['-o', option]);
    const { program, host } = this.reach();
    return [...program, '-F', 'none', '-i', this.image.key, ...options, ...host];
  }
}
