import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A real second process of this test, with its lines of output as they come. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line; undefined when the process has ended. */
  nextLine(): Promise<string | undefined>;
  /** SIGKILL, and wait until it is gone. */
  kill(): Promise<void>;
  /** Waits for the end and returns the exit code. */
  ended(): Promise<number | null>;
}

const started = new Set<ChildProcess>();

/** Ends what a failed test has left running; for afterEach. */
export function killChildren(): void {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
}

/** Starts `<name>.child.ts` of this folder; a commanded one reads what is written to its input. */
export function startChild(name: string, values: readonly string[], input?: 'commanded'): Child {
  const file = fileURLToPath(new URL(`${name}.child.ts`, import.meta.url));
  const child = spawn(process.execPath, [file, ...values], {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'inherit'],
  });
  started.add(child);
  const end = once(child, 'close');
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    process: child,
    nextLine: async () => (await lines.next()).value as string | undefined,
    kill: async () => {
      child.kill('SIGKILL');
      await end;
    },
    ended: async () => {
      await end;
      return child.exitCode;
    },
  };
}
