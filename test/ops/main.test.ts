import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { beginLockdown, isLockedDown } from '../../core/keys/lockdown.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { PASSPHRASE } from './open-test-state.ts';
import { logSays, TestFolder } from './run-program.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = new TestFolder();
});
afterEach(() => folder.remove());

/** What the bot's first start does. */
async function makeState(): Promise<void> {
  const options = { stateDir: folder.stateDir, create: true, clock: systemClock, kdf: KDF_FOR_TESTS_ONLY };
  (await openState({ ...options, passphrase: PASSPHRASE }))[Symbol.dispose]();
}

function ops(...args: string[]) {
  return folder.start('ops/main.ts', args.length > 0 ? args : ['--config', folder.settings()]);
}

describe('a start that cannot work ends with one clear message', () => {
  test.each<[string, () => unknown, number, RegExp]>([
    ['unknown option', () => ops('--colour'), 2, /^error: unknown option '--colour'\n$/],
    [
      'no settings file',
      () => ops('--config', 'none.yaml'),
      2,
      /^One setting is wrong \(none.yaml\):\n {2}settings file: the file is not there/,
    ],
    [
      'unknown setting',
      () => ops('--config', folder.settings('zebra: 1')),
      2,
      /^One setting .*\n {2}zebra: unknown setting\n$/,
    ],
    [
      'a file in place of the folder',
      () => {
        writeFileSync(folder.stateDir, '');
        return ops();
      },
      1,
      /^ops: .* is no folder\n {2}Correct the setting `stateDir`/,
    ],
  ])('%s', async (_name, start, code, message) => {
    const result = await (start() as ReturnType<typeof ops>);
    expect(result.stderr).toMatch(message);
    expect(result.exitCode).toBe(code);
    expect(result.stdout).toBe('');
  });

  test('wrong passphrase: nothing is changed', async () => {
    await makeState();
    const before = readFileSync(join(folder.stateDir, 'control.db'));
    folder.secret('passphrase', 'wrong');
    const result = await ops();
    expect(result.stderr).toMatch(/^ops: this passphrase does not open the state folder\n {2}Check the passphrase/);
    expect(result.exitCode).toBe(1);
    expect(readFileSync(join(folder.stateDir, 'control.db')).equals(before)).toBe(true);
  });

  test('damaged and missing keys.json', async () => {
    await makeState();
    const keys = join(folder.stateDir, 'keys.json');
    const content = readFileSync(keys, 'utf8');
    writeFileSync(keys, content.slice(0, 100));
    const damaged = await ops();
    expect([damaged.exitCode, damaged.stderr]).toEqual([1, expect.stringMatching(/^ops: keys.json is damaged: /)]);
    rmSync(keys);
    const missing = await ops();
    expect([missing.exitCode, missing.stderr]).toEqual([
      1,
      expect.stringMatching(/^ops: keys.json is missing although/),
    ]);
  });

  test('a second ops on the same state', async () => {
    await makeState();
    const first = ops();
    await logSays(first, '"msg":"ready"');
    const second = await ops();
    expect([second.exitCode, second.stderr]).toEqual([
      1,
      expect.stringMatching(/^ops: another process already works on this state folder\n/),
    ]);
    first.kill('SIGTERM');
    expect((await first).exitCode).toBe(0);
  });
});

describe('running', () => {
  test('an unreachable homeserver is no reason to stop, and SIGTERM ends it cleanly', async () => {
    await makeState();
    const child = ops();
    await logSays(child, '"msg":"ready"');
    child.kill('SIGTERM');
    expect(await child).toMatchObject({ exitCode: 0 });
    using state = await openState({
      stateDir: folder.stateDir,
      passphrase: PASSPHRASE,
      create: false,
      clock: systemClock,
    });
    expect(state.control.heartbeats.of('ops')?.figures.memoryBytes).toBeGreaterThan(0);
    // It is due every five minutes: a test that begins right then meets it on time.
    const cause = expect.stringMatching(/^(catch-up|schedule)$/);
    expect(state.control.jobs.last('health')).toMatchObject({ cause, figures: { stopped: 1 } });
  });

  test('on a fresh installation it waits for the bot to make the state, and makes nothing itself', async () => {
    mkdirSync(folder.stateDir);
    const child = ops();
    await logSays(child, 'waiting for the first start of the bot');
    expect(existsSync(join(folder.stateDir, 'keys.json'))).toBe(false);
    await makeState();
    await logSays(child, '"msg":"ready"');
    child.kill('SIGINT');
    expect((await child).exitCode).toBe(0);
  });

  test('started before the bot ever was, it waits for the state folder too, saying so once', async () => {
    const child = ops();
    await logSays(child, 'the state folder is not there yet');
    expect(existsSync(folder.stateDir)).toBe(false);
    mkdirSync(folder.stateDir);
    await logSays(child, 'waiting for the first start of the bot, which makes keys and stores');
    await makeState();
    await logSays(child, '"msg":"ready"');
    child.kill('SIGTERM');
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(0);
    expect(stderr.match(/is not there yet/g)).toHaveLength(1);
  });

  test.each([true, false])('it can be stopped while it waits (folder there: %s)', async (isThere) => {
    if (isThere) mkdirSync(folder.stateDir);
    const child = ops();
    await logSays(child, 'waiting for the first start of the bot');
    child.kill('SIGTERM');
    expect((await child).exitCode).toBe(0);
  });

  test('without a passphrase it starts sealed and is unlocked over its socket', async () => {
    await makeState();
    const settings = folder.settings('');
    const child = ops('--config', settings);
    await logSays(child, 'sealed: waiting for the passphrase');
    const unlock = (input: string) => folder.start('ops/kinkeeper.ts', ['unlock', '--config', settings], { input });
    const ready = logSays(child, '"msg":"ready"');
    const wrong = await unlock('wrong\n');
    expect([wrong.exitCode, wrong.stdout]).toEqual([
      1,
      'bot: does not wait for a passphrase (not running, or unlocked already)\nops: this passphrase is wrong; the next try is heard in 1 s\n',
    ]);
    // Until the waiting time is over, tries are answered with the seconds left: that is the time to wait for.
    let right = await unlock(`${PASSPHRASE}\n`);
    while (right.stdout.includes('too early')) right = await unlock(`${PASSPHRASE}\n`);
    expect([right.exitCode, right.stdout]).toEqual([0, expect.stringContaining('ops: unlocked\n')]);
    await ready;
    expect(existsSync(join(folder.stateDir, 'ops.sock'))).toBe(false);
    child.kill('SIGTERM');
    expect((await child).exitCode).toBe(0);
    using state = await openState({
      stateDir: folder.stateDir,
      passphrase: PASSPHRASE,
      create: false,
      clock: systemClock,
    });
    const actor = expect.stringContaining(`shell uid ${process.getuid!()}`);
    expect(state.control.audit.recent(9).filter(({ action }) => action === 'keys.unlock')).toMatchObject([
      { actor, target: 'ops', outcome: 'done' },
      { actor, target: expect.stringMatching(/^ops, 1 since /), outcome: 'refused' },
    ]);
  });

  test('stopped while sealed, it removes its socket', async () => {
    await makeState();
    const child = ops('--config', folder.settings(''));
    await logSays(child, 'sealed: waiting for the passphrase');
    child.kill('SIGTERM');
    expect((await child).exitCode).toBe(0);
    expect(existsSync(join(folder.stateDir, 'ops.sock'))).toBe(false);
  });
});

test('in a lockdown it closes everything, starts sealed although there is a passphrase file, and unlocking lifts it', async () => {
  await makeState();
  const child = ops();
  await logSays(child, '"msg":"ready"');
  beginLockdown(folder.stateDir, 7);
  await logSays(child, 'sealed: waiting for the passphrase');
  // Nothing of the stores is open any more.
  const open = readdirSync(`/proc/${child.pid}/fd`).map((fd) => readlinkOr(`/proc/${child.pid}/fd/${fd}`));
  expect(open.filter((path) => /(control|bot|tenants\/.*)\.db/.test(path))).toEqual([]);
  child.kill('SIGTERM');
  expect((await child).exitCode).toBe(0);

  const again = ops();
  await logSays(again, 'sealed: waiting for the passphrase');
  const ready = logSays(again, '"msg":"ready"');
  const unlocked = await folder.start('ops/kinkeeper.ts', ['unlock', '--config', folder.settings()], {
    input: PASSPHRASE,
  });
  expect(unlocked.stdout).toContain('ops: unlocked');
  await ready;
  expect(isLockedDown(folder.stateDir)).toBe(false);
  again.kill('SIGTERM');
  await again;
});

function readlinkOr(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
