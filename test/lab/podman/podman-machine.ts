import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { PATIENCE_MS } from '../../patience.ts';
import { debianMirror, type ImageMaker, STAND_INS } from '../docker/base-images.ts';
import { labFolder } from '../python-child.ts';

const REPO = fileURLToPath(new URL('../../../', import.meta.url));
const script = (name: string) => fileURLToPath(new URL(`./${name}.sh`, import.meta.url));
const folder = () => join(labFolder(), 'podman');
const TREE = () => join(folder(), 'tree');
/** Where a folder that is built from lies meanwhile, as the machine sees it. */
const CONTEXT = '/var/tmp/context';
const PRODUCT = '/opt/kinkeeper';

/** What a line of shell said on both its ways out, and how it ended; undefined: by a signal. */
interface Ended {
  readonly code: number | undefined;
  readonly said: string;
}

interface HowToEnter {
  readonly account?: 'kin' | undefined;
  readonly hasNetwork: boolean;
  readonly isLogIn?: boolean;
}

/** Why no machine with Podman can be had here; undefined when one can. */
export function noPodmanBecause(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can start a machine with Podman';
  const missing = ['debootstrap', 'unshare', 'nsenter', 'pivot_root', 'ip'].filter(
    (name) => spawnSync('which', [name]).status !== 0,
  );
  for (const device of ['/dev/net/tun', '/dev/fuse']) if (!existsSync(device)) missing.push(device);
  return missing.length === 0 ? undefined : `this machine lacks ${missing.join(', ')}`;
}

/** As Podman calls an image: those of a registry by its whole name, as Docker means it, and ours by the machine's own. */
function nameOf(tag: string): string {
  if (!(Object.values(STAND_INS) as string[]).includes(tag)) return `localhost/${tag}`;
  return `docker.io/${tag.includes('/') ? tag : `library/${tag}`}`;
}

/** How many files and processes this process may have at most, as Podman takes it: containers are given more otherwise, where that may be. */
function limits(): string[] {
  const own = readFileSync('/proc/self/limits', 'utf8');
  return Object.entries({ nofile: 'open files', nproc: 'processes' }).map(([name, words]) => {
    const most = new RegExp(`^Max ${words} +\\S+ +(\\d+)`, 'm').exec(own)?.[1] ?? '30000';
    return `${name}=${most}:${most}`;
  });
}

/**
 * A Debian 13 with its Podman and a systemd of its own, in namespaces of this machine. Images stay in its folder of the laboratory between
 * runs; only one runs at a time. /opt/kinkeeper holds the product as it is checked out. Root only.
 */
export class PodmanMachine implements AsyncDisposable, ImageMaker {
  readonly #network: string;
  #first: ChildProcess | undefined;
  #inside = '';

  private constructor(network: string) {
    this.#network = network;
  }

  /** `network`: name of the network namespace that it lives in; `hosts`: lines for its /etc/hosts. */
  static async start(network: string, hosts: readonly string[], say: (line: string) => void): Promise<PodmanMachine> {
    if (!existsSync(TREE())) {
      say('making a Debian 13 with Podman, which takes some minutes');
      mkdirSync(join(folder(), 'cache'), { recursive: true });
      rmSync(`${TREE()}.part`, { recursive: true, force: true });
      await execa('sh', [script('make-tree'), TREE(), join(folder(), 'cache'), debianMirror()]);
    }
    const machine = new PodmanMachine(network);
    machine.write('etc/hosts', `${['127.0.0.1 localhost kin-host', '::1 localhost', ...hosts].join('\n')}\n`);
    machine.write('etc/resolv.conf', readFileSync('/etc/resolv.conf', 'utf8'));
    machine.write('etc/containers/containers.conf', `[containers]\ndefault_ulimits = ${JSON.stringify(limits())}\n`);
    await machine.#layProduct();
    await machine.#boot();
    return machine;
  }

  /** A path of the machine, as this one sees it. */
  path(inside: string): string {
    return join(TREE(), inside);
  }

  write(inside: string, content: string): void {
    writeFileSync(this.path(inside), content);
  }

  /** Runs a line of shell in it, as root or as `account`; resolves to what it wrote. Rejects with its own words. */
  async run(line: string, { account, input = '' }: { account?: 'kin'; input?: string } = {}): Promise<string> {
    const said = await execa('nsenter', this.#enter(line, { account, hasNetwork: true }), { input });
    return said.stdout;
  }

  /** The same, and how it ended: it is no error. */
  attempt(line: string, input = ''): Promise<Ended> {
    return this.#attempt(line, { hasNetwork: true }, input);
  }

  /** The same, in a shell of root's that has logged in: Debian's podman-docker says there what `docker` means. */
  typed(line: string, input = ''): Promise<Ended> {
    return this.#attempt(line, { hasNetwork: true, isLogIn: true }, input);
  }

  async hasImage(tag: string): Promise<boolean> {
    return (await this.attempt(`podman image exists ${nameOf(tag)}`)).code === 0;
  }

  async build(tag: string, from: string, args: Readonly<Record<string, string>> = {}): Promise<void> {
    rmSync(this.path(CONTEXT), { recursive: true, force: true });
    cpSync(from, this.path(CONTEXT), { recursive: true });
    await this.#build(tag, CONTEXT, args);
  }

  /** The product's own image, of the checkout that lies in there. */
  async buildProduct(tag: string, nodeImage: string): Promise<void> {
    await this.#build(tag, PRODUCT, { NODE_IMAGE: nameOf(nodeImage) });
  }

  async importTree(root: string, tag: string): Promise<void> {
    await execa('sh', ['-c', 'tar -C "$1" --numeric-owner -cf "$2" .', 'sh', root, this.path('/var/tmp/tree.tar')]);
    await this.run(`podman import -q /var/tmp/tree.tar ${nameOf(tag)} && rm /var/tmp/tree.tar`);
  }

  /** As a power cut would, and a start after it. */
  async restart(): Promise<void> {
    await this.#end();
    await this.#boot();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    // Its control groups, from the innermost out, as start-machine.sh made them by the network's name.
    const own = ['/sys/fs/cgroup', '-depth', '-type', 'd', '-path', `*/${this.#network}*`];
    await execa('find', [...own, '-exec', 'rmdir', '{}', ';'], { reject: false });
  }

  async #layProduct(): Promise<void> {
    const product = this.path('opt/kinkeeper');
    rmSync(product, { recursive: true, force: true });
    mkdirSync(join(product, 'node_modules'), { recursive: true });
    const lay = 'git ls-files -z -co --exclude-standard | tar --null -T - -c | tar --no-same-owner -C "$1" -x';
    await execa('sh', ['-c', lay, 'sh', product], { cwd: REPO });
  }

  async #boot(): Promise<void> {
    const log = openSync(join(folder(), 'console'), 'w');
    const args = [script('start-machine'), TREE(), this.#network, join(REPO, 'node_modules')];
    this.#first = spawn('setpriv', ['--pdeathsig', 'KILL', 'sh', ...args], { stdio: ['ignore', log, log] });
    closeSync(log);
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(200)) {
      if (this.#first.exitCode !== null) break;
      const { stdout } = await execa('ps', ['-o', 'pid=', '--ppid', `${this.#first.pid}`], { reject: false });
      this.#inside = stdout.trim();
      const isUp = 'systemctl is-system-running | grep -Eq "running|degraded" && test -d /run/user/1000/systemd';
      if (this.#inside !== '' && (await this.attempt(isUp)).code === 0) return;
    }
    const said = readFileSync(join(folder(), 'console'), 'utf8').slice(-1500);
    await this.#end();
    throw new Error(`the machine with Podman did not start: ${said}`);
  }

  async #end(): Promise<void> {
    if (this.#first === undefined || this.#first.exitCode !== null || this.#first.signalCode !== null) return;
    this.#first.kill('SIGKILL');
    await once(this.#first, 'exit');
  }

  /** With the network of this machine, because that is where packages come from; in Docker's format, as the other one has no health check. */
  async #build(tag: string, inside: string, args: Readonly<Record<string, string>>): Promise<void> {
    const given = Object.entries(args).map(([name, value]) => `--build-arg ${name}=${value}`);
    const most = limits()
      .map((one) => `--ulimit ${one}`)
      .join(' ');
    const line = `podman build -q --format docker --network host ${most} -t ${nameOf(tag)} ${given.join(' ')} ${inside}`;
    await execa('nsenter', this.#enter(line, { hasNetwork: false }), { input: '' });
  }

  async #attempt(line: string, how: HowToEnter, input = ''): Promise<Ended> {
    const ended = await execa('nsenter', this.#enter(line, how), { input, reject: false, all: true });
    return { code: ended.exitCode, said: `${ended.all}` };
  }

  #enter(line: string, how: HowToEnter): string[] {
    const spaces = ['-t', this.#inside, '-m', '-p', '-u', '-i', '-C', ...(how.hasNetwork ? ['-n'] : []), '--'];
    const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const env = ['env', '-i', path, 'LANG=C.UTF-8', 'PODMAN_IGNORE_CGROUPSV1_WARNING=1', 'HOME=/root'];
    const whose = ['setpriv', '--reuid=1000', '--regid=1000', '--init-groups', 'env', 'HOME=/home/kin'];
    const bus = ['XDG_RUNTIME_DIR=/run/user/1000', 'DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus'];
    return [
      ...spaces,
      ...env,
      ...(how.account === undefined ? [] : [...whose, ...bus]),
      'sh',
      how.isLogIn ? '-lc' : '-c',
      line,
    ];
  }
}
