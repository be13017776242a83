import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import { PATIENCE_MS } from '../../patience.ts';
import { labFolder } from '../python-child.ts';
import { hasRegistry } from './registry.ts';

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
  if (!hasRegistry()) missing.push('docker-registry');
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
  readonly #enter: readonly string[];
  readonly #command: readonly string[];
  #process: ChildProcess;

  private constructor(run: string, { namespace, enter = [] }: EngineOptions) {
    this.#run = run;
    this.#enter = enter;
    const inside = namespace === undefined ? [] : ['nsenter', `--net=/run/netns/${namespace}`];
    this.#command = [...enter, ...inside, 'dockerd', ...daemonArguments(run, namespace !== undefined)];
    this.#process = this.#spawn();
  }

  static async start(options: EngineOptions = {}): Promise<Engine> {
    mkdirSync(dockerFolder(), { recursive: true });
    const run = mkdtempSync('/run/kkd-');
    // As people call it: `docker compose`.
    mkdirSync(join(run, 'cli-plugins'));
    symlinkSync(COMPOSE(), join(run, 'cli-plugins/docker-compose'));
    const engine = new Engine(run, options);
    await engine.#ready();
    return engine;
  }

  /** Ends it as a machine that goes down does, containers and all, and starts it anew. */
  async restart(): Promise<void> {
    await this.#stop();
    this.#process = this.#spawn();
    await this.#ready();
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

  /** An image whose only layer is a folder. */
  async importTree(root: string, tag: string): Promise<void> {
    const pipe = 'tar -C "$1" --numeric-owner -c . | docker import - "$2"';
    await execa('sh', ['-c', pipe, 'sh', root, tag], { env: this.env() });
  }

  /** Runs Compose; `file` and `env` as the host helper names them. */
  async compose(place: { file: string; env: string }, ...args: string[]): Promise<string> {
    const [program, ...rest] = [...this.#enter, COMPOSE(), '-f', place.file, '--env-file', place.env, ...args];
    const { stdout } = await execa(program!, rest, {
      env: this.env(),
      input: '',
    });
    return stdout;
  }

  async hasImage(tag: string): Promise<boolean> {
    return (await this.docker('image', 'ls', '-q', tag)) !== '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    // It lays its own folder over itself, and leaves that.
    await execa('umount', [join(dockerFolder(), 'data')], { reject: false });
    rmSync(this.#run, { recursive: true, force: true });
  }

  #spawn(): ChildProcess {
    const log = openSync(join(this.#run, 'log'), 'w');
    const [program, ...rest] = this.#command;
    const started = spawn(program!, rest, { stdio: ['ignore', log, log] });
    closeSync(log);
    return started;
  }

  async #stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGTERM');
    await once(this.#process, 'exit');
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

function daemonArguments(run: string, hasNetwork: boolean): string[] {
  const places = {
    'data-root': join(dockerFolder(), 'data'),
    'exec-root': join(run, 'exec'),
    pidfile: join(run, 'pid'),
  };
  return [
    ...Object.entries(places).flatMap(([name, place]) => [`--${name}`, place]),
    ...['-H', `unix://${run}/docker.sock`, '--log-level', 'warn', '--storage-driver', 'overlay2'],
    // IPv6 rules are an experiment in old engines, and the rule in new ones.
    ...(hasNetwork
      ? ['--experimental', '--ip6tables']
      : ['--bridge', 'none', '--iptables=false', '--ip-forward=false', '--ip-masq=false']),
  ];
}
