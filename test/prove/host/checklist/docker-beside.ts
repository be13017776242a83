import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import type { HardenedMachine } from '../hardened-machine.ts';

const CLIENT = ['/usr/local/bin/docker', '/usr/bin/docker'].find((path) => existsSync(path));
/** Where the machine finds the engine's socket; /run/docker.sock leads there. */
const LENT = '/var/lib/lent';

/** Why no engine can run beside a machine; undefined when one can. */
export function whyNoDocker(): string | undefined {
  const missing = ['/usr/sbin/dockerd', '/usr/sbin/iptables'].filter((path) => !existsSync(path));
  if (CLIENT === undefined) missing.push('docker');
  return missing.length === 0 ? undefined : `this machine lacks ${missing.join(', ')}`;
}

/**
 * A Docker engine that is as good as the machine's own: it publishes in its network, and its socket is lent to it. Folders of the host that
 * containers are given are in a view of its own, and go with it.
 */
export class DockerBeside {
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, process: ChildProcess) {
    this.#folder = folder;
    this.#process = process;
    this.env = {
      DOCKER_HOST: `unix://${folder}/docker.sock`,
      DOCKER_CONFIG: folder,
      PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    };
  }

  static async start(machine: HardenedMachine): Promise<DockerBeside> {
    const folder = mkdtempSync('/run/kinkeeper-docker-');
    const network = await networkOf(machine);
    const args = [
      '--data-root',
      `${folder}/data`,
      '--exec-root',
      `${folder}/exec`,
      '--pidfile',
      `${folder}/pid`,
      '-H',
      `unix://${folder}/docker.sock`,
    ];
    const inView =
      'mount -t tmpfs tmpfs /srv; mount -t tmpfs tmpfs /var/lib/kinkeeper-spool 2>/dev/null; exec dockerd "$@"';
    const log = openSync(join(folder, 'log'), 'w');
    const started = spawn(
      'nsenter',
      [
        `--net=${network}`,
        'unshare',
        '-m',
        '--propagation',
        'private',
        '/bin/sh',
        '-c',
        inView,
        'sh',
        ...args,
        '--log-level',
        'warn',
      ],
      { stdio: ['ignore', log, log] },
    );
    closeSync(log);
    const docker = new DockerBeside(folder, started);
    try {
      await docker.#ready();
      await docker.#makeImage();
      await docker.#lendTo(machine);
    } catch (error) {
      await docker.remove();
      throw error;
    }
    return docker;
  }

  async remove(): Promise<void> {
    await execa('/bin/sh', ['-c', 'docker ps -aq | xargs -r docker rm -f'], { env: this.env, reject: false });
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGTERM');
      await once(this.#process, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const { exitCode } = await execa('docker', ['version'], { env: this.env, reject: false });
      if (exitCode === 0) return;
      if (this.#process.exitCode !== null) break;
      await pause(200);
    }
    throw new Error(`dockerd did not start: ${readFileSync(join(this.#folder, 'log'), 'utf8').slice(-2000)}`);
  }

  /** A shell and a way to wait: all that a container of a scenario does. */
  async #makeImage(): Promise<void> {
    const script = `d=$(mktemp -d); mkdir -p "$d/bin" "$d/tmp" "$d/lib64" "$d/lib/x86_64-linux-gnu"; cp -L /bin/dash "$d/bin/sh"; cp -L /bin/sleep /bin/true "$d/bin/"
cp -L /lib64/ld-linux-x86-64.so.2 "$d/lib64/"; cp -L /lib/x86_64-linux-gnu/libc.so.6 "$d/lib/x86_64-linux-gnu/"; tar -C "$d" -c . | docker import - small:1; rm -rf "$d"; docker tag small:1 kinkeeper:local; docker network create inside`;
    await execa('/bin/sh', ['-ec', script], { env: this.env });
  }

  async #lendTo(machine: HardenedMachine): Promise<void> {
    await machine.vm.put(join(CLIENT!, '..'), ['docker'], '/usr/bin');
    await machine.vm.must(
      `getent group docker >/dev/null || groupadd -r docker; install -d -o ada ${LENT}; rm -f ${LENT}/docker.sock`,
    );
    await machine.vm.lend(join(this.#folder, 'docker.sock'), `${LENT}/docker.sock`);
    await machine.vm.must(
      `chown root:docker ${LENT}/docker.sock; chmod 660 ${LENT}/docker.sock; ln -sf ${LENT}/docker.sock /run/docker.sock; mkdir -p /var/run; docker version >/dev/null`,
    );
  }
}

/** The network of the machine, as a file of /proc that another process can enter. */
async function networkOf(machine: HardenedMachine): Promise<string> {
  const wanted = (await machine.vm.must('readlink /proc/1/ns/net')).trim();
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => `/proc/${pid}/ns/net`)
    .find((file) => {
      try {
        return readlinkSync(file) === wanted;
      } catch {
        return false;
      }
    });
  // A machine with a kernel of its own has no network here: the engine gets this machine's loopback-only one.
  if (found === undefined) throw new Error('the network of the machine is not to be found');
  return found;
}
