import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** What a command cost: seconds by the clock and of all its processes' CPU time, and the most memory they had together. */
export interface Cost {
  readonly wall: number;
  readonly cpu: number;
  readonly peakMegabytes: number;
  readonly said: string;
}

const LOOK_EVERY_MS = 50;

/** Runs a line of bash and measures it. Throws Error with what it said when it fails. */
export async function measured(line: string, env: NodeJS.ProcessEnv = {}): Promise<Cost> {
  const began = performance.now();
  // A group of its own, by which its processes are found; `times` tells what all that ended have used.
  const child = spawn('bash', ['-c', `set -o pipefail; { ${line}; } || exit 1; times`], {
    ...{ detached: true, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const [said, errors]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk) => said.push(String(chunk)));
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  const peaks = new Map<string, number>();
  const look = setInterval(() => notePeaks(child.pid!, peaks), LOOK_EVERY_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(look);
  const wall = (performance.now() - began) / 1000;
  if (code !== 0) throw new Error(`${line}: ${errors.join('').slice(-500)}`);
  const lines = said.join('').trimEnd().split('\n');
  const cpu = [
    ...lines
      .slice(-2)
      .join(' ')
      .matchAll(/(\d+)m([\d.]+)s/g),
  ].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  const peakMegabytes = [...peaks.values()].reduce((sum, kib) => sum + kib, 0) / 1024;
  return { wall, cpu, peakMegabytes, said: lines.slice(0, -2).join('\n') };
}

function notePeaks(group: number, peaks: Map<string, number>): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) !== group) continue;
      const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      if (peak !== undefined) peaks.set(pid, Number(peak));
    } catch {
      // It ended meanwhile.
    }
  }
}
