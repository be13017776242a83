import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BOT_MIGRATIONS } from '../../../bot/matrix/bot-migrations.ts';
import type { FrozenState } from '../../../core/backup/frozen-state.ts';
import { freezeState } from '../../../core/sqlite/freeze-state.ts';
import { migrate } from '../../../core/sqlite/migrate.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { type Child, killChildren, startChild } from './child.ts';
import { openTestState, temporaryFolder } from './temporary-state.ts';

// Processes write all the time, move logs about, change keys and erase people while the folder is frozen and copied, again and
// again. A writer counts one through four stores: first a's file, then b's, then bot.db, then control.db. At any one moment the
// numbers are a >= b >= bot >= control >= a - 1; copies that are of several moments break that.

const FREEZES = 8;
let place: ReturnType<typeof temporaryFolder>;
let running: Child[];
beforeEach(() => {
  place = temporaryFolder();
  running = [];
});
afterEach(() => {
  killChildren();
  place.remove();
});

async function household() {
  using state = await openTestState(place.stateDir);
  const names = ['a0', 'b0', 'a1', 'b1', 'a2', 'b2'];
  state.control.people.seed(
    names.map((name) => ({ id: `@${name}:home.test`, role: 'admin', language: 'en' }) as const),
  );
  const bot = openEncrypted(join(place.stateDir, 'bot.db'), state.botKey);
  migrate(bot, BOT_MIGRATIONS);
  bot.prepare("INSERT INTO facts (key, value) VALUES ('device-secret', 'stays behind')").run();
  bot.close();
  return state.freezeKeys();
}

/** Starts a part of life and hears its lines, so that it never waits for us. */
async function live(part: string, number = 0): Promise<{ turns: (of?: string) => number }> {
  const child = startChild('freeze-life', [place.stateDir, part, String(number)]);
  running.push(child);
  expect(await child.nextLine()).toBe('ready');
  expect(await child.nextLine()).toBeDefined();
  const lines: string[] = [];
  void (async () => {
    for (let line = await child.nextLine(); line !== undefined; line = await child.nextLine()) lines.push(line);
  })();
  return { turns: (of = '') => lines.filter((line) => line.startsWith(of)).length };
}

async function copyOut(frozen: FrozenState, folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  for (const file of frozen.files) {
    const parts: Uint8Array[] = [];
    for await (const chunk of file.read()) parts.push(chunk);
    const path = join(folder, file.name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, Buffer.concat(parts), { flag: 'wx', mode: 0o600 });
  }
}

/** Opens a copy as a restore would, and reads where each writer's count stands in each store. */
async function lookInto(folder: string, frozen: FrozenState) {
  const tenantFiles = readdirSync(join(folder, 'tenants')).filter((name) => name.endsWith('.db'));
  using copy = await openTestState(folder, { create: false });
  expect(await copy.damaged()).toEqual([]);
  copy.control.audit.compare(frozen.anchor);
  // No file without its key, no key without its file.
  expect(tenantFiles.length).toBe(frozen.tenants.length);
  const bot = openEncrypted(join(folder, 'bot.db'), copy.botKey, { mustExist: true });
  const facts = Object.fromEntries(bot.prepare('SELECT key, value FROM facts').raw().all() as [string, string][]);
  expect(facts).not.toHaveProperty('device-secret');
  bot.close();
  return [0, 1].map((writer) => {
    const inTenant = (name: string) => {
      const caller = copy.control.people.callerFor(`@${name}${writer}:home.test`)!;
      return copy.vault.read(caller, (reader) => {
        const n = Number(reader.setting('n') ?? 0);
        expect(reader.documents().length).toBe(n);
        const counted = frozen.tenants.find(({ tenant }) => tenant === caller.tenant);
        expect(counted?.documents ?? 0).toBe(n);
        return n;
      });
    };
    const inBot = Number(facts[writer === 0 ? 'sync-batch' : 'identity-keys'] ?? 0);
    return [inTenant('a'), inTenant('b'), inBot, Number(copy.control.facts.get(`n${writer}`) ?? 0)] as const;
  });
}

function expectOneMoment(counts: readonly (readonly number[])[]): void {
  for (const [a, b, bot, control] of counts as [number, number, number, number][]) {
    expect([a, b, bot, control]).toEqual([a, b, bot, control].toSorted((x, y) => y - x));
    expect(control).toBeGreaterThanOrEqual(a - 1);
  }
}

async function freezeOften(keys: Awaited<ReturnType<typeof household>>) {
  const seen: number[] = [];
  for (let turn = 0; turn < FREEZES; turn++) {
    const signal = new AbortController().signal;
    const copy = join(place.folder, `copy${turn}`);
    const frozen = await freezeState({ stateDir: place.stateDir, keys, clock: Date.now, others: [], signal });
    await copyOut(frozen, copy);
    frozen[Symbol.dispose]();
    const counts = await lookInto(copy, frozen);
    expectOneMoment(counts);
    seen.push(counts[0]![0]);
    rmSync(copy, { recursive: true, force: true });
  }
  // They went on meanwhile: a backup is of a moment, and stops nobody.
  expect(seen).toEqual(seen.toSorted((x, y) => x - y));
  expect(seen.at(-1)).toBeGreaterThan(seen[0]!);
}

test('while everybody writes and logs are moved about, a frozen state is of one moment', async () => {
  const keys = await household();
  for (const number of [0, 1]) await live('writer', number);
  await live('mover');
  await freezeOften(keys);
});

test('while keys change and people are erased in the middle, too, and no key is without its file', async () => {
  const keys = await household();
  const others = [await live('rotator', 0), await live('eraser'), await live('mover')];
  await freezeOften(keys);
  for (const { turns } of others) expect(turns()).toBeGreaterThan(1);
  expect(others[0]!.turns('rotated')).toBeGreaterThan(0);
  for (const child of running) await child.kill();
  // What a freeze or a mover has made anew of somebody who was erased goes at the next start.
  using state = await openTestState(place.stateDir);
  for (const who of ['a0', 'b0']) {
    const caller = state.control.people.callerFor(`@${who}:home.test`)!;
    expect(state.vault.read(caller, (reader) => reader.documents().length)).toBeGreaterThan(0);
  }
});

test('an ended freeze leaves no file, and the tenant whose key is gone is left out', async () => {
  const keys = await household();
  {
    using state = await openTestState(place.stateDir);
    const { tenant } = state.control.people.callerFor('@b2:home.test')!;
    state.vault.write(state.control.people.callerFor('@a2:home.test')!, (writer) => writer.setSetting('n', '1'));
    state.vault.write(state.control.people.callerFor('@b2:home.test')!, (writer) => writer.setSetting('n', '1'));
    state.erasing.shred(tenant);
  }
  const before = readdirSync(place.stateDir, { recursive: true }).toSorted();
  const frozen = await freezeState({
    ...{ stateDir: place.stateDir, keys, clock: Date.now, others: [] },
    signal: new AbortController().signal,
  });
  expect(frozen.tenants.length).toBe(1);
  expect(frozen.files.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'keys.json',
      'tombstones',
      'control.db',
      'bot.db',
      `tenants/${frozen.tenants[0]!.tenant}.db`,
    ]),
  );
  frozen[Symbol.dispose]();
  expect(readdirSync(place.stateDir, { recursive: true }).toSorted()).toEqual(before);
  expect(readFileSync(join(place.stateDir, 'keys.json')).length).toBeGreaterThan(0);
});

test('whoever holds a store for longer than a moment makes it wait, and it says so in the end', async () => {
  const keys = await household();
  await live('writer', 0);
  const stop = new AbortController();
  const { process: writer } = running[0]!;
  // Stopped inside of a transaction or between two: either way it comes to an end.
  writer.kill('SIGSTOP');
  const freezing = freezeState({
    ...{ stateDir: place.stateDir, keys, clock: Date.now, others: [] },
    signal: stop.signal,
  });
  const outcome = await Promise.race([freezing, new Promise((resolve) => setTimeout(resolve, 500, 'waits'))]);
  if (outcome === 'waits') writer.kill('SIGCONT');
  const frozen = await freezing;
  const copy = join(place.folder, 'copy');
  await copyOut(frozen, copy);
  expectOneMoment(await lookInto(copy, frozen));
  frozen[Symbol.dispose]();
});
