import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Attempts } from './hostile-observer.ts';

const READER = fileURLToPath(new URL('./hostile-reader.ts', import.meta.url));

/** Where any program may write; in namespaces of its own, the reader sees these folders empty, except one that holds the program itself. */
const WRITABLE = ['/tmp', '/var/tmp', '/dev/shm'].filter(
  (place) => ![READER, process.execPath].some((path) => realpathSync(path).startsWith(`${place}/`)),
);

/** Told to the reader on its command line: the folders that it alone writes to. */
export interface ReaderStart {
  readonly own: readonly string[];
}

/** What the reader is told. */
export type ReaderOrder =
  | { readonly type: 'start' }
  | { readonly type: 'report' }
  | {
      readonly type: 'read';
      readonly id: number;
      readonly bytes: Uint8Array;
      readonly name: string;
      readonly seconds: number;
    };

/** What the reader says. `rss` is in MiB; `sound` is false for anything but text and known refusals. */
export type ReaderAnswer =
  | { readonly type: 'ready'; readonly noticed: boolean; readonly packets: number }
  | {
      readonly type: 'read';
      readonly id: number;
      readonly outcome: string;
      readonly sound: boolean;
      readonly milliseconds: number;
      readonly rss: number;
    }
  | {
      readonly type: 'report';
      readonly attempts: Attempts;
      readonly written: readonly string[];
      readonly packets: number;
    };

/** How one file went, told by the reader or by its death. */
export type ReadOutcome = Omit<Extract<ReaderAnswer, { type: 'read' }>, 'type' | 'id'>;

/** One reader process. */
export class HostileReader {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number | 'ready' | 'report', (answer: ReaderAnswer | undefined) => void>();
  #next = 0;
  #crashed = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (answer: ReaderAnswer) => {
      const key = answer.type === 'read' ? answer.id : answer.type;
      this.#waiting.get(key)?.(answer);
      this.#waiting.delete(key);
    });
    child.on('exit', () => {
      this.#crashed = true;
      for (const settle of this.#waiting.values()) settle(undefined);
      this.#waiting.clear();
    });
  }

  /** Starts a reader and lets it calibrate. Throws when the observer notices nothing: its zeros would be worth nothing. */
  static async start(isolated: boolean): Promise<{ reader: HostileReader; packets: number }> {
    const reader = new HostileReader(startReader(isolated));
    const ready = await reader.#ask('ready', { type: 'start' });
    if (ready?.type !== 'ready') throw new Error('the reader did not start');
    if (!ready.noticed) throw new Error('the observer does not notice attempts');
    return { reader, packets: ready.packets };
  }

  /** undefined when the reader died of it. */
  async read(file: { bytes: Uint8Array; name: string; seconds: number }): Promise<ReadOutcome | undefined> {
    const id = this.#next++;
    const answer = await this.#ask(id, { type: 'read', id, ...file });
    return answer?.type === 'read' ? answer : undefined;
  }

  /** What was noticed since the start, and the most memory that the process ever held, in MiB. */
  async report(): Promise<(Extract<ReaderAnswer, { type: 'report' }> & { peak: number }) | undefined> {
    const answer = await this.#ask('report', { type: 'report' });
    if (answer?.type !== 'report') return undefined;
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return { ...answer, peak: Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024) };
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  async stop(): Promise<void> {
    if (this.#crashed) return;
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  #ask(key: number | 'ready' | 'report', order: ReaderOrder): Promise<ReaderAnswer | undefined> {
    return new Promise((resolve) => {
      if (this.#crashed) return resolve(undefined);
      this.#waiting.set(key, resolve);
      this.#child.send(order, () => {});
    });
  }
}

/** True when this machine gives a process namespaces in which nothing but it writes or talks. */
export function canIsolate(): boolean {
  try {
    execFileSync('unshare', [...NAMESPACES, 'sh', '-c', 'mount -t tmpfs none /dev/shm'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const NAMESPACES = ['--user', '--map-root-user', '--net', '--mount', '--'];

/** Elsewhere it gets a folder of its own for temporary files; children know no other than /tmp, which others use too. */
function startReader(isolated: boolean): ChildProcess {
  const temporary = isolated ? WRITABLE[0]! : mkdtempSync(join(tmpdir(), 'kinkeeper-hostile-tmp-'));
  const start: ReaderStart = { own: isolated ? WRITABLE : [temporary] };
  const node = [process.execPath, READER, JSON.stringify(start)];
  const mounts = WRITABLE.map((place) => `mount -t tmpfs none ${place}`).join(' && ');
  const [program, ...args] = isolated
    ? ['unshare', ...NAMESPACES, 'sh', '-c', `${mounts} && exec "$0" "$@"`, ...node]
    : node;
  const env = { PATH: process.env.PATH, HOME: temporary, TMPDIR: temporary };
  return spawn(program!, args, {
    cwd: '/',
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
}
