import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AppError } from '../errors.ts';

/** Memory that a child may take on top of what it holds when it is ready: heap, WebAssembly and buffers together. */
const EXTRA_BYTES = 448 << 20;
const HEAP_MEGABYTES = 256;

/** What the child may read; a packages folder that is a link counts with the place it leads to. */
const READABLE = ['core/', 'node_modules/', 'package.json'];

const APP = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const run = promisify(execFile);

/** A child's standard streams, all three decided here: frames in, frames out, nothing else. */
export type SandboxChild = ChildProcess & {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: NodeJS.ReadableStream;
};

/** What a sandboxed child runs, and behind which walls (tests take single ones down). */
export interface SandboxOptions {
  /** Absolute path of the script that the child runs. */
  readonly script: string;
  readonly cpuSeconds: number;
  /** Namespace: only where `namespaceWorks()`. Permissions: Node's own model. Both true in the product. */
  readonly namespace: boolean;
  readonly permissions: boolean;
  /** A folder that it may read besides the program's own code. */
  readonly folder?: string | undefined;
  /** Lets everybody else go first; for work that takes minutes. */
  readonly patient?: boolean;
}

/**
 * Program and arguments: CPU, file size and core dumps limited by prlimit; no network through an own network namespace
 * where the host allows one; reading only the program's own code, no writing, no starting of programs by Node's
 * permission model. The descriptor and memory limits follow in `lockChild`, when the child has loaded its code.
 */
function sandboxCommand({ script, cpuSeconds, namespace, permissions, ...more }: SandboxOptions): [string, string[]] {
  const limits = [`--cpu=${cpuSeconds}:${cpuSeconds + 1}`, '--fsize=0', '--core=0'];
  const unshare = namespace ? ['unshare', '--user', '--net', '--'] : [];
  const patience = more.patient ? ['nice', '-n', '15', '--'] : [];
  const own = READABLE.map((name) => join(APP, name));
  // A folder that is not there is missed only when something in it is needed.
  const folder = more.folder && existsSync(more.folder) ? [join(more.folder, '/')] : [];
  const readable = [...own, ...folder].flatMap((path) => {
    return [path, realpathSync(path) + (path.endsWith('/') ? '/' : '')];
  });
  const node = [
    process.execPath,
    `--max-old-space-size=${HEAP_MEGABYTES}`,
    ...(permissions ? ['--permission', ...[...new Set(readable)].map((path) => `--allow-fs-read=${path}`)] : []),
  ];
  return ['prlimit', [...limits, ...patience, ...unshare, ...node, script]];
}

/** Starts a sandboxed script: no environment, no folder of its own, nothing on stderr (it might quote the file). */
export function startSandboxed(options: SandboxOptions): SandboxChild {
  const [program, args] = sandboxCommand(options);
  return spawn(program, args, { cwd: '/', env: {}, stdio: ['pipe', 'pipe', 'ignore'] }) as SandboxChild;
}

/**
 * The last wall, put up from outside when the child has loaded its code and before it takes the file apart: no new
 * descriptor (so no file, no socket, with or without namespaces) and no more than 448 MiB of further memory. Relative to
 * what it holds, because V8 reserves some 500 MiB for code at start, which count although they are never used.
 * Throws AppError `unavailable` when the wall cannot be put up.
 */
export async function lockChild(pid: number): Promise<void> {
  try {
    const held = Number(/^VmData:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
    await run('prlimit', ['--pid', String(pid), '--nofile=0:0', `--data=${held + EXTRA_BYTES}`]);
  } catch (cause) {
    throw sandboxMissing(cause);
  }
}

/** The error for a machine on which files cannot be read safely; then none is read. */
export function sandboxMissing(cause?: unknown): AppError {
  return new AppError(
    'unavailable',
    'Files cannot be read safely on this machine: the reading process did not start or could not be locked.',
    {
      reason: 'reader-unavailable',
      hint: 'It needs Node 24, prlimit (package util-linux) and /proc.',
      cause,
    },
  );
}

let namespace: Promise<boolean> | undefined;

/** True when this process may give a child a network namespace of its own. Asked once; containers and some distributions forbid it. */
export function namespaceWorks(): Promise<boolean> {
  namespace ??= run('unshare', ['--user', '--net', '--', 'true']).then(
    () => true,
    () => false,
  );
  return namespace;
}
