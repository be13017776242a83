import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const REPO = fileURLToPath(new URL('../../../', import.meta.url));
/** Folders that are empty in there, and those that are this machine's with changes of their own. */
const EMPTY = ['opt', 'srv'] as const;
const LAID_OVER = ['etc', 'usr/lib', 'var/lib'] as const;

/**
 * This machine as a server that nothing was installed on yet: what is written to /opt, /srv, /etc, /usr/lib and /var/lib in there stays in a
 * folder of ours, and nobody outside sees it. /opt/kinkeeper holds the product as it is checked out. Root only.
 */
export class BareServer implements AsyncDisposable {
  /** Below it lie `opt` and `srv` as they are in there. */
  readonly folder: string;
  readonly #holder: ChildProcess;

  private constructor(folder: string, holder: ChildProcess) {
    this.folder = folder;
    this.#holder = holder;
  }

  /** `hosts`: lines for /etc/hosts in there. */
  static async make(hosts: readonly string[]): Promise<BareServer> {
    const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-server-'));
    for (const name of EMPTY) mkdirSync(join(folder, name), { mode: 0o755 });
    for (const name of LAID_OVER) {
      mkdirSync(join(folder, name), { recursive: true, mode: 0o755 });
      mkdirSync(join(folder, 'work', name), { recursive: true });
    }
    writeFileSync(join(folder, 'etc/hosts'), `${['127.0.0.1 localhost', ...hosts].join('\n')}\n`);
    const product = join(folder, 'opt/kinkeeper');
    mkdirSync(join(product, 'node_modules'), { recursive: true, mode: 0o755 });
    await execa('sh', ['-c', 'git ls-files -z | tar --null -T - -c | tar --no-same-owner -C "$1" -x', 'sh', product], {
      cwd: REPO,
    });
    const holder = spawn('unshare', ['--mount', '--propagation', 'slave', 'sh', '-euc', mounts(folder)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const server = new BareServer(folder, holder);
    const [said] = (await once(holder.stdout, 'data')) as [Buffer];
    if (String(said).trim() === 'ready') return server;
    await server[Symbol.asyncDispose]();
    throw new Error('the folders of a bare server could not be mounted');
  }

  /** What to put before a command so that it runs in there. */
  get enter(): string[] {
    return ['nsenter', `--mount=/proc/${this.#holder.pid}/ns/mnt`, '--'];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder.stdin!.end();
    if (this.#holder.exitCode === null) await once(this.#holder, 'exit');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ends when its input does; all mounts end with it. */
function mounts(folder: string): string {
  return [
    ...LAID_OVER.map(
      (name) =>
        `mount -t overlay overlay -o lowerdir=/${name},upperdir=${folder}/${name},workdir=${folder}/work/${name} /${name}`,
    ),
    ...EMPTY.map((name) => `mount --bind ${folder}/${name} /${name}`),
    `mount --bind ${REPO}node_modules /opt/kinkeeper/node_modules`,
    'echo ready',
    'cat >/dev/null',
  ].join('\n');
}
