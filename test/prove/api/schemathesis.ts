import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { labPython } from '../../lab/python-child.ts';
import { CANARY } from '../isolation/random.ts';
import { startTap } from './tap.ts';

const CONFIG = fileURLToPath(new URL('./schemathesis.toml', import.meta.url));
const RUN = 'from schemathesis.cli import schemathesis; schemathesis()';

/** What another program's look at the API found. `failed`: it says that something is not as described. */
export interface SchemathesisFigures {
  requests: number;
  serverErrors: number;
  foreignWords: number;
  failed: boolean;
}

/** What it tries. `own`: words that the key's person may see. */
export interface SchemathesisRun {
  readonly url: string;
  readonly key: string;
  readonly own: ReadonlySet<string>;
  readonly seed: number;
  /** For each operation and phase. */
  readonly examples: number;
  readonly say: (line: string) => void;
}

/** Has Schemathesis try the API by its description, and reads along. */
export async function trySchemathesis({
  url,
  key,
  own,
  seed,
  examples,
  say,
}: SchemathesisRun): Promise<SchemathesisFigures> {
  const figures: SchemathesisFigures = { requests: 0, serverErrors: 0, foreignWords: 0, failed: false };
  await using tap = await startTap(url, ({ method, path, sent, status, answer }) => {
    figures.requests += 1;
    if (status >= 500) {
      figures.serverErrors += 1;
      say(`${method} ${path.slice(0, 300)}: ${status} ${answer.slice(0, 300)}`);
    }
    for (const [word] of answer.matchAll(CANARY)) {
      if (!own.has(word) && !`${path} ${sent}`.includes(word)) figures.foreignWords += 1;
    }
  });
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-schemathesis-'));
  try {
    const { code, output } = await run(folder, [
      ...['--config-file', CONFIG, 'run', `${tap.url}/openapi.json`, '--header', `Authorization: Bearer ${key}`],
      ...['--seed', String(seed), '--max-examples', String(examples), '--no-color', '--generation-database', 'none'],
      // Whoever sends a file waits up to 25 seconds for its reading.
      ...['--suppress-health-check', 'all', '--request-timeout', '120'],
    ]);
    figures.failed = code !== 0;
    if (figures.failed) say(output.slice(-6000));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return figures;
}

function run(cwd: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(labPython('schemathesis'), ['-c', RUN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
