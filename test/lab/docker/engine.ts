import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { PATIENCE_MS } from '../../patience.ts';
import { labFolder } from '../python-child.ts';

/** Debian's own client has the older builder inside, and so needs no plugin for it. */
const DOCKER = ['/usr/bin/docker', '/usr/local/bin/docker'].find((path) => existsSync(path));

/** Folder of engine, images and base system of the laboratory; kept between runs. */
export function dockerFolder(): string {
  return join(labFolder(), 'docker');
}

/** Compose 2 as a program of its own. */
const COMPOSE = () => join(dockerFolder(), 'bin', 'docker-compose');

/** Why no engine can be had on this machine; undefined when one can. */
export function noEngineBecause(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can start a Docker engine';
  const missing = ['dockerd', 'iptables', 'ip', 'nsenter', 'debootstrap'].filter(
    (name) => spawnSync('which', [name]).status !== 0,
  );
  if (DOCKER === undefined) missing.push('docker');
  if (!existsSync(COMPOSE())) missing.push(`docker-compose 2 (${COMPOSE()})`);
  return missing.length === 0 ? undefined : `this machine lacks ${missing.join(', ')}`;
}

/** How an engine runs. */
export interface EngineOptions {
  /** Name of the network namespace that it lives in. Left out: it builds only, with the network of this machine and none of its own. */
  readonly namespace?: string;
  /** What to put before a command so that it runs where the engine is to see its folders. */
  readonly enter?: readonly string[];
}

/**
 * A Docker engine of our own: its sockets, containers and networks are no others' on this machine, and go with it. Images stay in the
 * laboratory's folder, so that only one runs at a time.
 */
export class Engine implements AsyncDisposable {
  readonly #run: string;
  readonly #process: ChildProcess;

  private constructor(run: string, process: ChildProcess) {
    this.#run = run;
    this.#process = process;
  }

  static async start({ namespace, enter = [] }: EngineOptions = {}): Promise<Engine> {
    mkdirSync(dockerFolder(), { recursive: true });
    const run = mkdtempSync('/run/kkd-');
    const data = [
      '--data-root',
      join(dockerFolder(), 'data'),
      '--exec-root',
      join(run, 'exec'),
      '--pidfile',
      join(run, 'pid'),
    ];
    const args = [...data, '-H', `unix://${run}/docker.sock`, '--log-level', 'warn', '--storage-driver', 'overlay2'];
    // IPv6 rules are an experiment in old engines, and the rule in new ones.
    const alone = ['--bridge', 'none', '--iptables=false', '--ip-forward=false', '--ip-masq=false'];
    const network = namespace === undefined ? alone : ['--experimental', '--ip6tables'];
    const inside = namespace === undefined ? [] : ['nsenter', `--net=/run/netns/${namespace}`];
    const [program, ...rest] = [...enter, ...inside, 'dockerd', ...args, ...network];
    // As people call it: `docker compose`.
    mkdirSync(join(run, 'cli-plugins'));
    symlinkSync(COMPOSE(), join(run, 'cli-plugins/docker-compose'));
    const log = openSync(join(run, 'log'), 'w');
    const engine = new Engine(run, spawn(program!, rest, { stdio: ['ignore', log, log] }));
    closeSync(log);
    await engine.#ready();
    return engine;
  }

  /** Runs docker; resolves to what it wrote. Rejects with its own words. */
  async docker(...args: string[]): Promise<string> {
    const { stdout } = await execa(DOCKER!, args, { env: this.env(), input: '' });
    return stdout;
  }

  /** For other programs that are to talk to it. */
  env(): Record<string, string> {
    return {
      DOCKER_HOST: `unix://${this.#run}/docker.sock`,
      DOCKER_BUILDKIT: '1',
      DOCKER_CONFIG: this.#run,
      DOCKER_CLI_HINTS: '0',
    };
  }

  /** Builds with the network of this machine, because that is where packages come from. `args`: build arguments. */
  async build(tag: string, folder: string, args: Readonly<Record<string, string>> = {}): Promise<void> {
    const given = Object.entries(args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
    await this.docker('build', '--network', 'host', '--progress', 'plain', '-t', tag, ...given, folder);
  }

  /** Runs Compose; `file` and `env` as the host helper names them. */
  async compose(place: { file: string; env: string }, ...args: string[]): Promise<string> {
    const { stdout } = await execa(COMPOSE(), ['-f', place.file, '--env-file', place.env, ...args], {
      env: this.env(),
      input: '',
    });
    return stdout;
  }

  async hasImage(tag: string): Promise<boolean> {
    return (await this.docker('image', 'ls', '-q', tag)) !== '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGTERM');
      await once(this.#process, 'exit');
    }
    // It lays its own folder over itself, and leaves that.
    await execa('umount', [join(dockerFolder(), 'data')], { reject: false });
    rmSync(this.#run, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      if (
        await this.docker('version').then(
          () => true,
          () => false,
        )
      )
        return;
      if (this.#process.exitCode !== null || Date.now() > until) {
        const said = readFileSync(join(this.#run, 'log'), 'utf8').slice(-2000);
        await this[Symbol.asyncDispose]();
        throw new Error(`dockerd did not start: ${said}`);
      }
      await pause(200);
    }
  }
}
