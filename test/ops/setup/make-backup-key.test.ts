import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { idOf, readRecipients } from '../../../ops/backup/archive/recipients.ts';
import { makeBackupKey as makeKey } from '../../../ops/backup/make-key.ts';
import { makeBackupKey } from '../../../ops/setup/make-backup-key.ts';
import { planSetup } from '../../../ops/setup/plan/plan-setup.ts';
import { Progress } from '../../../ops/setup/progress.ts';
import { checkAnswers } from '../../../ops/setup/read-answers.ts';
import { FRESH_MACHINE } from './fresh-machine.ts';

// Which keys backups are sealed to, over several runs with other answers.

const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let data: string;
let said: string[];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'kin-key-'));
  mkdirSync(join(data, 'config'));
  said = [];
});
afterEach(() => rmSync(data, { recursive: true }));

/** One run with this answer, as set-up does it; resolves with the ids of the keys that backups are sealed to. */
async function run(backupKey: string, { confirms = true, isCutOff = false } = {}): Promise<string[] | 'not kept'> {
  const base = { kind: 'bare', serverName: 'home.test', homeserver: 'http://127.0.0.1:8008', start: 'detached' };
  const answers = checkAnswers({ ...base, data, backupKey, people: [{ name: 'ada', role: 'admin' }] }, 'test');
  const product = { self, node: process.execPath, product: '/opt/kinkeeper' };
  const plan = planSetup(answers, { ...FRESH_MACHINE, ...product });
  const progress = new Progress(join(data, 'setup.json'));
  const parts = { answers, plan, progress, say: (line: string) => said.push(line), clock: Date.now };
  if (!(await makeBackupKey({ ...parts, confirm: async () => confirms }))) return 'not kept';
  if (!isCutOff) progress.markDone({ act: 'backup-key', key: backupKey });
  return (await readRecipients(join(data, 'config', 'backup-recipients.asc'), Date.now())).map(idOf);
}

async function ownKey(name: string): Promise<{ file: string; id: string }> {
  const file = join(data, `${name}.asc`);
  writeFileSync(file, (await makeKey('a long passphrase')).publicKey);
  const [key] = await readRecipients(file, Date.now());
  return { file, id: idOf(key!) };
}

test('a key that was made stays, and is shown once', async () => {
  const made = await run('make');
  expect(await run('make')).toEqual(made);
  expect(said).toHaveLength(1);
});

test('one that nobody kept does not count', async () => {
  expect(await run('make', { confirms: false })).toBe('not kept');
  expect(said.at(-1)).toMatch(/^Then this key is not used\./);
  expect(await run('make')).toHaveLength(1);
  expect(said).toHaveLength(3);
  expect(said.at(-1)).toContain('This key alone counts');
});

test('who names another key gets backups that are sealed to that one alone', async () => {
  const [first, second] = [await ownKey('first'), await ownKey('second')];
  await run('make');
  expect(await run(first.file)).toEqual([first.id]);
  expect(await run(second.file)).toEqual([second.id]);
});

test('who lets one be made after naming their own gets a new one, also where the run was cut off', async () => {
  const own = await ownKey('own');
  await run(own.file);
  const made = await run('make', { isCutOff: true });
  expect(made).not.toContain(own.id);
  expect(await run('make')).toEqual(made);
  expect(said).toHaveLength(1);
});

test('a private key is refused, and the keys in use stay', async () => {
  const own = await ownKey('own');
  await run(own.file);
  const file = join(data, 'private.asc');
  writeFileSync(file, (await makeKey('a long passphrase')).privateKey);
  const before = readFileSync(join(data, 'config', 'backup-recipients.asc'), 'utf8');
  await expect(run(file)).rejects.toThrow('private key');
  expect(readFileSync(join(data, 'config', 'backup-recipients.asc'), 'utf8')).toBe(before);
});
