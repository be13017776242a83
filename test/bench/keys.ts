import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { unlockMasterKey } from '../../core/keys/master-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { rotateMasterKey } from '../../core/sqlite/rotate-master-key.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import { buildPassages, PASSPHRASE } from './keys/build-passages.ts';
import { samplePassages } from './search/sample-passages.ts';

// What the life of keys costs: unlocking, a new key for a tenant of many passages while it is read and written, a new master
// key. Times are of the clock, so run it on a machine that has nothing else to do. Usage:
//   npm run bench:keys -- [--passages 100000] [--json]

const MB = 1e6;
const passages = Number(option('--passages', '100000'));
const folder = mkdtempSync(join(tmpdir(), 'kin-bench-keys-'));
try {
  const stateDir = join(folder, 'state');
  await buildPassages(stateDir, passages, samplePassages(loadTokenVectors(), 20_261_129));
  const unlock = await unlocking(stateDir);
  const quiet = await rotation(stateDir, 'nobody writes');
  const busy = await rotation(stateDir, 'somebody writes all the time');
  const master = await masterRotation(stateDir);
  const report = { passages, unlock, quiet, busy, master };
  console.log(process.argv.includes('--json') ? JSON.stringify(report) : JSON.stringify(report, null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Milliseconds from passphrase to master key, and to opened stores. */
async function unlocking(stateDir: string) {
  const keys: number[] = [];
  const stores: number[] = [];
  for (let i = 0; i < 7; i++) {
    keys.push(await timed(() => unlockMasterKey(join(stateDir, 'keys.json'), PASSPHRASE)));
    stores.push(await timed(async () => (await open(stateDir))[Symbol.dispose]()));
  }
  return { keyMs: median(keys), storesMs: median(stores) };
}

/** One change of a key, and what it does to whoever works meanwhile: longest stop of the process, reads and writes that went on. */
async function rotation(stateDir: string, meanwhile: 'nobody writes' | 'somebody writes all the time') {
  using state = await open(stateDir);
  const [person] = state.control.people.list();
  const caller = state.control.people.callerFor(person!.id)!;
  const [readMs, writeMs]: [number[], number[]] = [[], []];
  let sentAway = 0;
  const act = async () => {
    readMs.push(await timed(() => state.vault.read(caller, (reader) => reader.documents().length)));
    if (meanwhile === 'nobody writes') return;
    try {
      const value = String(writeMs.length);
      writeMs.push(await timed(() => state.vault.write(caller, (writer) => writer.setSetting('bench', value))));
    } catch (thrown) {
      if ((thrown as { reason?: string }).reason !== 'store-busy') throw thrown;
      sentAway += 1;
    }
  };
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const timer = setInterval(() => void act(), 50);
  delay.enable();
  const started = performance.now();
  const change = await state.keys.rotate(caller.tenant);
  const seconds = (performance.now() - started) / 1000;
  clearInterval(timer);
  // A stop at the very end shows with the next tick.
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  const { bytes, copies } = change!;
  return {
    ...{ meanwhile, megabytes: Math.round(bytes / MB), copies, seconds: round(seconds) },
    megabytesPerSecond: round((bytes * copies) / MB / seconds),
    longestStopMs: Math.round(delay.max / 1e6),
    ...{ reads: readMs.length, longestReadMs: round(Math.max(...readMs)), writes: writeMs.length, sentAway },
  };
}

async function masterRotation(stateDir: string) {
  const confirmed = async () => true;
  const change = { stateDir, passphrase: PASSPHRASE, at: Date.now(), confirmed };
  return { ms: Math.round(await timed(() => rotateMasterKey(change))) };
}

function open(stateDir: string) {
  return openState({ stateDir, passphrase: PASSPHRASE, create: true, clock: Date.now });
}

async function timed(work: () => unknown): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

function median(values: number[]): number {
  return round(values.sort((a, b) => a - b)[values.length >> 1]!);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function option(name: string, otherwise: string): string {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise);
}
