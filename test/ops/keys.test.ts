import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { resetPassphrase, unlockMasterKey } from '../../core/keys/master-key.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { holdLock } from '../../core/sqlite/process-lock.ts';
import { PATIENCE_MS } from '../patience.ts';
import { PASSPHRASE } from './open-test-state.ts';
import { TestFolder, type TestProcess } from './run-program.ts';

let folder: TestFolder;
let code: string;
beforeEach(async () => {
  folder = new TestFolder();
  using state = await open(PASSPHRASE, true);
  state.control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  state.recoveryCodeTold();
  code = state.newRecoveryCode!;
});
afterEach(() => folder.remove());

function open(passphrase: string, create = false): Promise<OpenState> {
  return openState({ stateDir: folder.stateDir, passphrase, create, clock: systemClock, kdf: KDF_FOR_TESTS_ONLY });
}
const keyFile = () => join(folder.stateDir, 'keys.json');
const keys = (args: string[], input = '') =>
  folder.start('ops/kinkeeper.ts', ['keys', ...args, '--config', folder.settings()], { input });
/** The same, with stdin left open. */
const started = (command: string) => folder.start('ops/kinkeeper.ts', ['keys', command, '--config', folder.settings()]);
async function audited(passphrase = PASSPHRASE): Promise<string[]> {
  using state = await open(passphrase);
  return state.control.audit.recent(9).map(({ actor, action, target }) => `${actor} ${action} ${target}`);
}

/** Answers the question for a group of the code that the command has shown. */
async function typeGroupBack(running: TestProcess, wrong = false): Promise<string> {
  let [shown, asked, answered] = ['', '', false];
  running.stdout.on('data', (chunk) => {
    shown += chunk;
  });
  running.stderr.on('data', (chunk) => {
    asked += chunk;
  });
  await vi.waitFor(() => expect(shown).toMatch(/([0-9A-Z]{5}-){7}[0-9A-Z]{5}\n\n/), { timeout: PATIENCE_MS });
  const made = /(?:[0-9A-Z]{5}-){7}[0-9A-Z]{5}/.exec(shown)![0];
  await vi.waitFor(() => expect(asked).toContain('Type group'), { timeout: PATIENCE_MS });
  for (let group = 0; group < 8 && !answered; group++) {
    answered = asked.includes(`group ${group + 1} `);
    if (answered && !wrong) running.stdin.write(`${made.split('-')[group]!.toLowerCase()}\n`);
  }
  // The pipe stays open: what has no more questions has to end by itself.
  if (wrong) running.stdin.write('AAAAA\nBBBBB\nCCCCC\n');
  return made;
}

test('list tells ages and counts and no key', async () => {
  const list = await keys(['list']);
  expect(list.exitCode).toBe(0);
  expect(list.stdout).toMatch(/master key +number 1, made \d{4}-\d\d-\d\d \(today\)\n/);
  expect(list.stdout).toMatch(/document keys +1 \(oldest /);
  const json = JSON.parse((await keys(['list', '--json'])).stdout);
  expect(json).toMatchObject({
    masterKey: { generation: 1 },
    tenants: { count: 1, kinds: { person: 1, room: 0, shelf: 0 }, undated: 0, waiting: 0 },
  });
});

test('a new passphrase is asked for, never an argument, and the file that holds it is named', async () => {
  const changed = await keys(['passphrase'], `${PASSPHRASE}\nnew words\nnew words\n`);
  expect(changed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('./secrets/passphrase') });
  await expect(unlockMasterKey(keyFile(), PASSPHRASE)).rejects.toMatchObject({ reason: 'wrong-passphrase' });
  expect(await audited('new words')).toEqual(['shell keys.passphrase -']);
});

test('a wrong or mistyped passphrase changes nothing', async () => {
  const before = readFileSync(keyFile());
  const wrong = await keys(['passphrase'], 'guess\nnew\nnew\n');
  expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('does not open the state folder') });
  const differs = await keys(['passphrase'], `${PASSPHRASE}\nnew\nnow\n`);
  expect(differs).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('not the same') });
  expect(await keys(['passphrase'], '')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no answer') });
  expect(readFileSync(keyFile())).toEqual(before);
});

test('the recovery code sets a new passphrase, also when the passphrase file is lost', async () => {
  folder.secret('passphrase', '');
  expect(await keys(['recover'], `${code}\nnew words\nnew words\n`)).toMatchObject({ exitCode: 0 });
  expect(await audited('new words')).toEqual(['shell keys.recover -']);
});

test('a new recovery code counts once a part of it was typed back', async () => {
  const refused = started('recovery-code');
  const unused = await typeGroupBack(refused, true);
  expect(await refused).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('Nothing was changed') });
  await expect(resetPassphrase(keyFile(), unused, PASSPHRASE)).rejects.toMatchObject({ reason: 'wrong-recovery-code' });
  const running = started('recovery-code');
  const made = await typeGroupBack(running);
  expect((await running).exitCode).toBe(0);
  await expect(resetPassphrase(keyFile(), code, PASSPHRASE)).rejects.toMatchObject({ reason: 'wrong-recovery-code' });
  await resetPassphrase(keyFile(), made, PASSPHRASE);
  expect(await audited()).toEqual(['shell keys.recovery-code -']);
});

test('the master key is changed while bot and ops are stopped, and only then', async () => {
  const old = await unlockMasterKey(keyFile(), PASSPHRASE);
  const lock = holdLock(join(folder.stateDir, 'ops.lock'));
  expect(await keys(['rotate-master'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('ops is running'),
  });
  lock[Symbol.dispose]();
  const running = started('rotate-master');
  const made = await typeGroupBack(running);
  expect((await running).exitCode).toBe(0);
  expect(await unlockMasterKey(keyFile(), PASSPHRASE)).not.toEqual(old);
  expect(await audited()).toEqual(['shell keys.rotate-master -']);
  await resetPassphrase(keyFile(), made, PASSPHRASE);
});

test('a person’s key is changed here while the bot is stopped, and left to the bot while it runs', async () => {
  expect(await keys(['rotate', '@eve:home.test'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('nobody'),
  });
  expect(await keys(['rotate', 'all'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('1 key is new') });
  using _bot = holdLock(join(folder.stateDir, 'bot.lock'));
  const asked = await keys(['rotate', '@ada:home.test']);
  expect(asked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('The bot is running') });
  using state = await open(PASSPHRASE);
  expect(state.keys.waiting()).toHaveLength(1);
});
