import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a bench printed, and how it ended. */
export interface BenchRun {
  readonly code: number | null;
  readonly lines: readonly string[];
  /** Its lines of JSON, parsed. */
  readonly figures: readonly Readonly<Record<string, unknown>>[];
}

/** Runs a bench of this folder by its file name, as `npm run bench:...` does, for tests of the benches. */
export async function runBench(bench: string, parameters: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const file = fileURLToPath(new URL(bench, import.meta.url));
  const child = spawn(process.execPath, [file, ...parameters], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = said.trimEnd().split('\n');
  const figures = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as BenchRun['figures'][0]);
  return { code, lines, figures } satisfies BenchRun;
}
