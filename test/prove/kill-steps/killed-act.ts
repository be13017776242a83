import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('./act.child.ts', import.meta.url));
const HOOK = new URL('./kill-at-step.ts', import.meta.url).href;

/** Node keeps what it compiled of the product here, unless the tests have a place for it already: most of a short process would be reading the same files again. */
const COMPILED = join(tmpdir(), 'kin-kill-compiled');

/** When the process of a change is to be killed: at a step (for the n-th time), or so many milliseconds after it began. */
export type KillAt = { readonly step: string; readonly time: number } | { readonly afterMs: number } | undefined;

/** What a process of a change did before it ended. */
export interface ActRecord {
  readonly steps: readonly string[];
  readonly outcome: 'killed' | 'done' | 'failed';
  /** From "acting" to the end. */
  readonly milliseconds: number;
  readonly errors: string;
}

/** Runs the change of a scenario in a process of its own and kills it; undefined lets it come to its end. */
export async function killedAct(scenario: string, folder: string, at: KillAt): Promise<ActRecord> {
  const env = {
    ...process.env,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? COMPILED,
    ...(at && 'step' in at && { KINKEEPER_TEST_STEP: `${at.step}:${at.time}` }),
  };
  const child = spawn(process.execPath, ['--import', HOOK, CHILD, scenario, folder], { env });
  const end = once(child, 'close');
  const [steps, errors]: [string[], string[]] = [[], []];
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  let [begun, done]: [number, boolean] = [performance.now(), false];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'acting') {
      begun = performance.now();
      // A random moment on purpose: any is right, none has to be hit.
      if (at && 'afterMs' in at) setTimeout(() => child.kill('SIGKILL'), at.afterMs);
    } else if (line.startsWith('step ')) steps.push(line.slice(5));
    else if (line === 'done') done = true;
  }
  await end;
  const outcome = done ? 'done' : child.signalCode === 'SIGKILL' ? 'killed' : 'failed';
  return { steps, outcome, milliseconds: performance.now() - begun, errors: errors.join('') };
}
