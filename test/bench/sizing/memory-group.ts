import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup/memory';
const SAMPLE_MS = 250;

/** What the processes of a group took. */
export interface MemoryTaken {
  /** Most memory of processes at one time, without the cache of files, in bytes. */
  readonly peakBytes: number;
  /** How often the kernel ended a process for want of memory. */
  readonly killed: number;
}

/** Processes that share a limit of memory, cache of files included, as those of a small machine do (control groups, version 1; needs root). */
export class MemoryGroup {
  readonly #folder: string;
  readonly #timer: NodeJS.Timeout;
  #peakBytes = 0;

  constructor(name: string, limitBytes: number) {
    this.#folder = join(ROOT, `kinkeeper-${name}-${process.pid}`);
    mkdirSync(this.#folder);
    this.#write('memory.limit_in_bytes', limitBytes);
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS);
  }

  /** Why there can be none here; undefined when there can. */
  static whyNot(): string | undefined {
    if (process.getuid?.() !== 0) return 'only root can limit memory';
    if (!existsSync(join(ROOT, 'cgroup.procs'))) return `there is no ${ROOT} (control groups, version 1)`;
    return undefined;
  }

  /** What `start` starts belongs to the group, and what those start. This process is back outside after it. */
  async within<T>(start: () => Promise<T> | T): Promise<T> {
    this.#write('cgroup.procs', process.pid);
    try {
      return await start();
    } finally {
      writeFileSync(join(ROOT, 'cgroup.procs'), `${process.pid}`);
    }
  }

  /** Until now. */
  taken(): MemoryTaken {
    this.#look();
    const killed = /^oom_kill (\d+)$/m.exec(this.#read('memory.oom_control'));
    return { peakBytes: this.#peakBytes, killed: Number(killed?.[1] ?? 0) };
  }

  /** To be called when its processes have ended. */
  remove(): void {
    clearInterval(this.#timer);
    rmdirSync(this.#folder);
  }

  #look(): void {
    const own = /^total_rss (\d+)$/m.exec(this.#read('memory.stat'));
    this.#peakBytes = Math.max(this.#peakBytes, Number(own?.[1] ?? 0));
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  #write(name: string, value: number): void {
    writeFileSync(join(this.#folder, name), `${value}`);
  }
}
