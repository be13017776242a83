/**
 * Tries to break out of the sandbox and reports what it got through to. Started by core/ingest/check-sandbox.ts with the
 * same command line and the same lock as the child that reads files.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { ProbeFindings, ProbeRequest } from '../ingest/check-sandbox.ts';
import { receive, receiveRequest } from './input.ts';
import { replyFrame } from './reply-sink.ts';

const CHUNK_BYTES = 16 << 20;

function succeeds(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch {
    return false;
  }
}

function reaches(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
}

/** Megabytes that could be taken and filled before memory was refused. */
function takeMemory(most: number): number {
  const taken: Buffer[] = [];
  succeeds(() => {
    while (taken.length * 16 < most) taken.push(Buffer.alloc(CHUNK_BYTES, 1));
  });
  return taken.length * 16;
}

const { port, path, megabytes } = await receiveRequest<ProbeRequest>();
replyFrame({ type: 'ready' });
await receive(1);
const findings: ProbeFindings = {
  network: await reaches(port),
  files: succeeds(() => readFileSync('/etc/passwd')),
  writing: succeeds(() => writeFileSync(path, 'x')),
  programs: succeeds(() => {
    const { error } = spawnSync('/bin/true');
    if (error) throw error;
  }),
  megabytes: takeMemory(megabytes),
};
replyFrame({ type: 'findings', findings });
process.exit(0);
