import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listen } from '../listen.ts';

const REPO = fileURLToPath(new URL('../../', import.meta.url));

/** A part of the laboratory's virtual environment. */
export type LabPart = 'python' | 'nio' | 'llm' | 'schemathesis';

/** The folder that the laboratory keeps between runs: `.lab` in the repository, or what KINKEEPER_LAB names. */
export function labFolder(): string {
  return process.env.KINKEEPER_LAB || join(REPO, '.lab');
}

/** Whether the laboratory's virtual environment holds a part completely. */
export function labHas(part: LabPart): boolean {
  const venv = join(labFolder(), 'python');
  const stamps = join(venv, 'installed.json');
  const installed = existsSync(stamps) ? (JSON.parse(readFileSync(stamps, 'utf8')) as Record<string, string>) : {};
  return installed[part] !== undefined && !existsSync(join(venv, 'installing'));
}

/** The Python of the laboratory's virtual environment. Throws with the command that makes it when `part` is not installed. */
export function labPython(part: LabPart): string {
  if (labHas(part)) return join(labFolder(), 'python', 'bin', 'python');
  const parts = part === 'python' ? 'python' : `python ${part}`;
  throw new Error(`The laboratory's Python environment lacks "${part}". Run: node test/lab/install.mjs ${parts}`);
}

/** A port on the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A started server process. It dies with the process that started it, however that one ends. */
export interface PythonChild {
  readonly pid: number;
  /** The last lines of its output, for error messages. */
  output(): string;
  /** Ends it: SIGTERM and, after `graceMs`, SIGKILL; a grace of 0 kills at once. */
  stop(graceMs?: number): Promise<void>;
}

/** How to start a server and how to know that it is ready. */
export interface PythonChildOptions {
  readonly part: 'python' | 'llm';
  readonly module: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Asked every 50 ms until true. */
  readonly ready: () => Promise<boolean>;
  readonly timeoutMs: number;
}

/** Starts a Python module and waits until it is ready; throws with its last output when it ends first or takes too long. */
export async function startPythonChild(options: PythonChildOptions): Promise<PythonChild> {
  const watched = fileURLToPath(new URL('./watched.py', import.meta.url));
  const child = spawn(labPython(options.part), [watched, options.module, ...options.args], {
    cwd: options.cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
  });
  // Our end of its standard input is what keeps it alive, not what keeps us alive.
  child.unref();
  child.stdin?.on('error', () => undefined);
  const output = keepTail(child);
  const handle: PythonChild = { pid: child.pid ?? 0, output, stop: (graceMs = 5_000) => endChild(child, graceMs) };
  const deadline = Date.now() + options.timeoutMs;
  while (!(await options.ready().catch(() => false))) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || Date.now() > deadline) {
      await handle.stop(0);
      throw new Error(`${options.module} ${ended ? 'ended' : 'was not ready in time'}:\n${output()}`);
    }
    await sleep(50);
  }
  return handle;
}

function keepTail(child: ChildProcess): () => string {
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      tail = (tail + chunk).slice(-6_000);
    });
    if (stream && 'unref' in stream) (stream as unknown as { unref(): void }).unref();
  }
  return () => tail;
}

async function endChild(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.ref();
  child.kill(graceMs > 0 ? 'SIGTERM' : 'SIGKILL');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}
