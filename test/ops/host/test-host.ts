import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** The real script of the host helper. */
export const HELPER = fileURLToPath(new URL('../../../ops/host/helper/kinkeeper-host', import.meta.url));

/** Programs of every machine that the script uses; everything else a test puts there itself, so that nothing of this machine is touched. */
const PLAIN = [
  ...[
    'awk',
    'base64',
    'basename',
    'cat',
    'chgrp',
    'chmod',
    'chown',
    'cp',
    'cut',
    'date',
    'df',
    'dirname',
    'du',
    'find',
    'flock',
    'gpgv',
  ],
  ...[
    'grep',
    'gzip',
    'head',
    'id',
    'ln',
    'ls',
    'mkdir',
    'mv',
    'openssl',
    'paste',
    'printf',
    'readlink',
    'rm',
    'sed',
    'sh',
  ],
  ...[
    'sha256sum',
    'sleep',
    'sort',
    'stat',
    'sync',
    'tail',
    'tar',
    'timeout',
    'touch',
    'tr',
    'uname',
    'wc',
    'kill',
    'setsid',
    'setpriv',
  ],
];

const SYSTEM = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A host of its own for the real helper: a spool, settings, and a PATH with plain tools and the test's stand-ins only. */
export class TestHost {
  readonly dir = mkdtempSync(join(tmpdir(), 'kin-host-'));
  readonly spool = join(this.dir, 'spool');
  readonly root = join(this.dir, 'root');
  readonly var = join(this.dir, 'var');
  readonly bin = join(this.dir, 'bin');
  readonly conf = join(this.dir, 'kinkeeper-host.conf');

  private constructor() {}

  static make(settings: Readonly<Record<string, string>> = {}): TestHost {
    const host = new TestHost();
    for (const folder of [host.spool, join(host.spool, 'requests'), host.root, host.bin])
      mkdirSync(folder, { mode: 0o750 });
    for (const name of PLAIN) {
      const found = SYSTEM.map((folder) => join(folder, name)).find((file) => existsSync(file));
      if (found !== undefined) symlinkSync(found, join(host.bin, name));
    }
    host.configure(settings);
    return host;
  }

  /** Writes the helper's settings; the last ones win. */
  configure(settings: Readonly<Record<string, string>>): void {
    const [user, group] = [String(process.getuid!()), String(process.getgid!())];
    const own = {
      spool: this.spool,
      spool_user: user,
      spool_group: group,
      var: this.var,
      path: this.bin,
      root: this.root,
    };
    const lines = Object.entries({ ...own, poll_seconds: '0.2', ...settings }).map(([key, value]) => `${key}=${value}`);
    writeFileSync(this.conf, `${lines.join('\n')}\n`, { mode: 0o600 });
  }

  /** Puts a program into the helper's PATH. */
  fake(name: string, script: string): void {
    rmSync(join(this.bin, name), { force: true });
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.bin, name), 0o755);
  }

  /** Puts a program there that stays callable by `real` while the helper is to be killed at some call. */
  place(name: string, script: string): void {
    const file = this.real(name);
    mkdirSync(join(this.dir, 'programs'), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    symlinkSync(file, join(this.bin, name));
  }

  /** The path of a program that was put there with `place`. */
  real(name: string): string {
    return join(this.dir, 'programs', name);
  }

  /** Makes the helper, and all of its process group, die by SIGKILL at its n-th call of a program, counted from 1; 0: it is only counted. */
  killAt(call: number): void {
    const calls = join(this.dir, 'calls');
    writeFileSync(calls, '');
    // A byte for each call, appended: the programs of a pipe begin at the same time, and none may be lost.
    const size = `$(${readlinkSync(join(this.bin, 'stat'))} -c %s ${calls})`;
    const count = `printf x >>${calls}; [ ${call} = 0 ] || [ ${size} -lt ${call} ] || kill -KILL 0`;
    for (const name of readdirSync(this.bin)) {
      const target = readlinkSync(join(this.bin, name));
      this.fake(name, `${count}; exec ${target} "$@"`);
    }
  }

  /** Ends what `killAt` began. Returns how many calls there were. */
  killNoMore(): number {
    for (const name of readdirSync(this.bin)) {
      const file = join(this.bin, name);
      const target = /exec (\S+)/.exec(readFileSync(file, 'utf8'))![1]!;
      rmSync(file);
      symlinkSync(target, file);
    }
    return statSync(join(this.dir, 'calls')).size;
  }

  /** Runs the helper as a process group of its own, so that a kill takes all of it. Returns the signal that ended it. */
  async runToKill(verb: 'serve' | 'resume'): Promise<string | undefined> {
    const options = { reject: false, env: {}, extendEnv: false, detached: true } as const;
    const { signal, stderr, exitCode } = await execa('/bin/sh', [HELPER, this.conf, verb], options);
    if (signal === undefined && exitCode !== 0) throw new Error(`the helper failed (${exitCode}): ${stderr}`);
    return signal;
  }

  /** Leaves a request as ops does: whole, by rename. */
  leave(id: string, content: string): string {
    const file = join(this.spool, 'requests', `${id}.request`);
    writeFileSync(join(this.spool, 'requests', '.new'), content, { mode: 0o600 });
    renameSync(join(this.spool, 'requests', '.new'), file);
    return file;
  }

  /** Runs the helper; resolves when it ended. */
  run(...args: string[]) {
    return execa('/bin/sh', [HELPER, this.conf, ...args], { reject: false, env: {}, extendEnv: false });
  }

  /** Answers requests as soon as they come, as the helper's path unit would, until the signal aborts. */
  async serveUntil(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      if (readdirSync(join(this.spool, 'requests')).some((name) => name.endsWith('.request'))) await this.run('serve');
      await pause(50);
    }
  }

  /** Leaves a request, lets the helper answer, and gives the lines of the answer; undefined when there is none. */
  async ask(id: string, content: string): Promise<string[] | undefined> {
    this.leave(id, content);
    const { stderr, exitCode } = await this.run('serve');
    if (exitCode !== 0 || stderr !== '') throw new Error(`the helper failed (${exitCode}): ${stderr}`);
    return this.answer(id);
  }

  answer(id: string): string[] | undefined {
    const file = join(this.spool, 'answers', `${id}.answer`);
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : undefined;
  }

  /** What the helper says that it did. */
  acts(): string {
    const file = join(this.var, 'acts.log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
