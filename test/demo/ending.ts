import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INTERRUPTED = 130;
/** npm hands on a Ctrl-C that the terminal has sent already; a person's second one comes later than this. */
const SAME_KEYPRESS_MS = 1_500;

/** Makes sure that nothing is left, however the demo ends: one folder for everything, and what was started ends with it. */
export class Ending {
  /** The throw-away folder; temporary files of all parts lie in it. */
  readonly folder: string;
  /** Resolves at Ctrl-C or another signal to end. */
  readonly interrupted: Promise<void>;
  /** What an interruption means: 130 while the afternoon is played, 0 once it is over. */
  exitCode = INTERRUPTED;
  #byKeyboard = false;
  #tasks: (() => Promise<void>)[] = [];
  #pids: () => number[] = () => [];

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'kinkeeper-demo-'));
    process.env.TMPDIR = this.folder;
    process.on('exit', () => this.#atExit());
    this.interrupted = new Promise((resolve) => {
      let first = 0;
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.on(signal, () => {
          if (first === 0) first = Date.now();
          else if (Date.now() - first > SAME_KEYPRESS_MS) process.exit(INTERRUPTED);
          this.#byKeyboard = signal === 'SIGINT' && process.stdin.isTTY === true;
          resolve();
        });
      }
    });
  }

  /** True after a Ctrl-C, which the terminal sends to all processes of the demo, not to this one alone. */
  get reachedAll(): boolean {
    return this.#byKeyboard;
  }

  /** Adds something to do at the end; the latest is done first. */
  defer(task: () => Promise<void>): void {
    this.#tasks.unshift(task);
  }

  /** Names processes that must not outlive this one, even when there is no time to end them. */
  watch(pids: () => number[]): void {
    this.#pids = pids;
  }

  /** Lets a signal that ended something else first reach this process, too. */
  async grace(): Promise<void> {
    await Promise.race([this.interrupted, new Promise((resolve) => setTimeout(resolve, SAME_KEYPRESS_MS))]);
  }

  /** Ends everything; the folder goes when the process does. */
  async close(): Promise<void> {
    for (const task of this.#tasks.splice(0)) await task();
  }

  #atExit(): void {
    for (const pid of this.#pids()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
