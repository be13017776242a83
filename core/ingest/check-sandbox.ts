import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { encodeFrame, FrameDecoder } from './frames.ts';
import { lockChild, namespaceWorks, type SandboxChild, sandboxMissing, startSandboxed } from './sandbox.ts';

const PROBE = fileURLToPath(new URL('../extract/probe.ts', import.meta.url));

const PROBE_FILE = `kinkeeper-probe-${process.pid}`;

/** More than a child may take; where it gets this much, memory is not limited. */
const MEMORY_MEGABYTES = 1024;

/** What the probe is told: a port that listens, a path that anybody may write to, how much memory to try for. */
export interface ProbeRequest {
  readonly port: number;
  readonly path: string;
  readonly megabytes: number;
}

/** What the probe got through to; `megabytes` is the memory that it could take. */
export interface ProbeFindings {
  readonly network: boolean;
  readonly files: boolean;
  readonly writing: boolean;
  readonly programs: boolean;
  readonly megabytes: number;
}

/** The walls as they stand on this machine. `namespace`: the child has a network of its own besides the descriptor lock. */
export interface SandboxReport extends ProbeFindings {
  readonly namespace: boolean;
  /** True when nothing was reachable and memory ended before the limit. */
  readonly closed: boolean;
}

/** Walls to leave out, so that a test sees the probe notice. */
export interface MissingWalls {
  readonly namespace?: false;
  readonly permissions?: false;
  readonly lock?: false;
}

/**
 * Starts a probe under the same walls as a child that reads a file and lets it try them: a fact about this machine, for
 * `doctor` and the posture check. Throws AppError `unavailable` when children cannot be started or locked.
 */
export async function checkSandbox(without: MissingWalls = {}): Promise<SandboxReport> {
  const namespace = without.namespace ?? (await namespaceWorks());
  const permissions = without.permissions ?? true;
  const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const child = startSandboxed({ script: PROBE, cpuSeconds: 10, namespace, permissions });
  try {
    const { port } = listener.address() as { port: number };
    child.stdin.write(
      encodeFrame({ port, path: join(tmpdir(), PROBE_FILE), megabytes: MEMORY_MEGABYTES } satisfies ProbeRequest),
    );
    const findings = await ask(child, without.lock ?? true);
    const open = findings.network || findings.files || findings.writing || findings.programs;
    return { ...findings, namespace, closed: !open && findings.megabytes < MEMORY_MEGABYTES };
  } finally {
    child.kill('SIGKILL');
    listener.close();
    // Where writing is refused only by its size limit, an empty file was made.
    await rm(join(tmpdir(), PROBE_FILE), { force: true });
  }
}

const findingsSchema = z.object({
  findings: z.object({
    network: z.boolean(),
    files: z.boolean(),
    writing: z.boolean(),
    programs: z.boolean(),
    megabytes: z.number(),
  }),
});

async function ask(child: SandboxChild, lock: boolean): Promise<ProbeFindings> {
  const failed = new Promise<never>((_, reject) => child.once('error', (cause) => reject(sandboxMissing(cause))));
  failed.catch(() => {});
  child.stdin.on('error', () => {});
  return await Promise.race([failed, listen(child, lock)]);
}

async function listen(child: SandboxChild, lock: boolean): Promise<ProbeFindings> {
  const decoder = new FrameDecoder();
  for await (const chunk of child.stdout) {
    for (const message of decoder.push(chunk as Buffer)) {
      const found = findingsSchema.safeParse(message);
      if (found.success) return found.data.findings;
      if (lock) await lockChild(child.pid!);
      child.stdin.end('!');
    }
  }
  throw sandboxMissing();
}
