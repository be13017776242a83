import { cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resetPassphrase } from '../../../core/keys/master-key.ts';
import { peekState } from '../../../core/sqlite/open-state.ts';
import { sampleDocument, samplePassage } from './sample-documents.ts';
import { filesUnder, openTestState, PASSPHRASE, temporaryFolder } from './temporary-state.ts';

let place: ReturnType<typeof temporaryFolder>;
let stateDir: string;

beforeEach(() => {
  place = temporaryFolder();
  stateDir = place.stateDir;
});
afterEach(() => place.remove());

async function makeState(): Promise<{ code: string; botKey: Uint8Array }> {
  using state = await openTestState(stateDir);
  state.control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  const ada = state.control.people.callerFor('@ada:home.test')!;
  state.vault.write(ada, (writer) => writer.addDocument(sampleDocument('$letter'), [samplePassage(0, 'one')]));
  state.recoveryCodeTold();
  return { code: state.newRecoveryCode!, botKey: Uint8Array.from(state.botKey) };
}

async function reasonOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (thrown) {
    const { reason, hint } = thrown as { reason?: string; hint?: string };
    expect(hint, `the error ${thrown} needs a hint`).toBeTruthy();
    return reason;
  }
}

test('the first start makes folder, keys and stores, and tells the recovery code once', async () => {
  expect(peekState(stateDir)).toBe('empty');
  const { code, botKey } = await makeState();
  expect(peekState(stateDir)).toBe('ready');
  expect(readdirSync(stateDir).sort()).toEqual(['control.db', 'keys.json', 'tenants', 'tombstones']);
  for (const folder of [stateDir, join(stateDir, 'tenants')]) expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const { name } of filesUnder(stateDir)) expect(statSync(join(stateDir, name)).mode & 0o777, name).toBe(0o600);
  using again = await openTestState(stateDir);
  expect(again.newRecoveryCode).toBeUndefined();
  expect(again.botKey).toEqual(botKey);
  const ada = again.control.people.callerFor('@ada:home.test')!;
  expect(again.vault.read(ada, (reader) => reader.documents())).toHaveLength(1);
  await resetPassphrase(join(stateDir, 'keys.json'), code, 'a new one');
  using renewed = await openTestState(stateDir, { passphrase: 'a new one' });
  expect(renewed.botKey).toEqual(botKey);
});

test('a wrong passphrase, with and without create, changes no byte and adds no file', async () => {
  await makeState();
  const before = filesUnder(place.folder);
  for (const create of [true, false]) {
    expect(await reasonOf(openTestState(stateDir, { create, passphrase: 'wrong' }))).toBe('wrong-passphrase');
  }
  expect(filesUnder(place.folder)).toEqual(before);
});

test('stored data without keys.json is never given new keys', async () => {
  await makeState();
  rmSync(join(stateDir, 'keys.json'));
  const before = filesUnder(place.folder);
  expect(peekState(stateDir)).toBe('keys-missing');
  expect(await reasonOf(openTestState(stateDir))).toBe('keys-missing');
  rmSync(join(stateDir, 'control.db'));
  expect(peekState(stateDir)).toBe('keys-missing');
  expect(await reasonOf(openTestState(stateDir))).toBe('keys-missing');
  expect(filesUnder(place.folder)).toEqual(before.filter((file) => file.name !== 'state/control.db'));
});

test('bot.db alone counts as stored data', async () => {
  mkdirSync(stateDir);
  writeFileSync(join(stateDir, 'bot.db'), 'x');
  expect(peekState(stateDir)).toBe('keys-missing');
});

test('a damaged keys.json changes nothing', async () => {
  await makeState();
  writeFileSync(join(stateDir, 'keys.json'), '{"version":1');
  const before = filesUnder(place.folder);
  expect(await reasonOf(openTestState(stateDir))).toBe('keys-damaged');
  expect(filesUnder(place.folder)).toEqual(before);
});

test('keys without control.db but with tenants is a missing store, not a first start', async () => {
  await makeState();
  rmSync(join(stateDir, 'control.db'));
  const before = filesUnder(place.folder);
  expect(await reasonOf(openTestState(stateDir))).toBe('store-missing');
  expect(filesUnder(place.folder)).toEqual(before);
});

test('keys.json of another installation does not open this one', async () => {
  await makeState();
  const other = temporaryFolder();
  (await openTestState(other.stateDir))[Symbol.dispose]();
  cpSync(join(other.stateDir, 'keys.json'), join(stateDir, 'keys.json'));
  other.remove();
  const before = filesUnder(place.folder);
  expect(await reasonOf(openTestState(stateDir))).toBe('store-unreadable');
  expect(filesUnder(place.folder)).toEqual(before);
});

test('a first start that was killed before control.db is finished later, with a code that works', async () => {
  const { code } = await makeState();
  rmSync(join(stateDir, 'control.db'));
  rmSync(join(stateDir, 'tenants'), { recursive: true });
  expect(peekState(stateDir)).toBe('empty');
  expect(await reasonOf(openTestState(stateDir, { passphrase: 'wrong' }))).toBe('wrong-passphrase');
  const state = await openTestState(stateDir);
  state[Symbol.dispose]();
  expect(state.newRecoveryCode).not.toBe(code);
  const keyFile = join(stateDir, 'keys.json');
  expect(await reasonOf(resetPassphrase(keyFile, code, 'a new one'))).toBe('wrong-recovery-code');
  await resetPassphrase(keyFile, state.newRecoveryCode!, 'a new one');
});

test('a recovery code that nobody was told is replaced at each start by one that works', async () => {
  const first = await openTestState(stateDir);
  first[Symbol.dispose]();
  const bytes = filesUnder(place.folder);
  // Only the process that can tell somebody makes a new one.
  const looking = await openTestState(stateDir, { create: false });
  expect(looking.newRecoveryCode).toBeUndefined();
  looking[Symbol.dispose]();
  expect(filesUnder(place.folder).find(({ name }) => name.endsWith('keys.json'))).toEqual(
    bytes.find(({ name }) => name.endsWith('keys.json')),
  );
  const second = await openTestState(stateDir);
  expect(second.newRecoveryCode).toBeDefined();
  second.recoveryCodeTold();
  second[Symbol.dispose]();
  const keyFile = join(stateDir, 'keys.json');
  expect(await reasonOf(resetPassphrase(keyFile, first.newRecoveryCode!, 'a new one'))).toBe('wrong-recovery-code');
  await resetPassphrase(keyFile, second.newRecoveryCode!, 'a new one');
  using third = await openTestState(stateDir, { passphrase: 'a new one' });
  expect(third.newRecoveryCode).toBeUndefined();
});

test('without create nothing is made', async () => {
  expect(await reasonOf(openTestState(stateDir, { create: false }))).toBe('state-empty');
  expect(readdirSync(place.folder)).toEqual([]);
});

test('an empty passphrase makes nothing but the folder', async () => {
  expect(await reasonOf(openTestState(stateDir, { passphrase: '' }))).toBe('passphrase-empty');
  expect(filesUnder(place.folder)).toEqual([]);
});

test('a state folder that is a file is named', async () => {
  writeFileSync(stateDir, 'x');
  expect(await reasonOf(openTestState(stateDir))).toBe('state-dir');
  expect(await reasonOf(openTestState(join(stateDir, 'inside')))).toBe('state-dir');
});

test('two first starts at the same moment agree on one set of keys', async () => {
  const outcomes = await Promise.allSettled([openTestState(stateDir), openTestState(stateDir)]);
  const states = outcomes.filter((outcome) => outcome.status === 'fulfilled').map((outcome) => outcome.value);
  expect(states.length).toBe(2);
  expect(states[0]!.botKey).toEqual(states[1]!.botKey);
  states[0]!.control.facts.set('a', 'b');
  expect(states[1]!.control.facts.get('a')).toBe('b');
  states[0]!.recoveryCodeTold();
  for (const state of states) state[Symbol.dispose]();
  using again = await openTestState(stateDir, { passphrase: PASSPHRASE });
  expect(again.newRecoveryCode).toBeUndefined();
});

test('what a killed restore of one person’s papers has left goes when the bot starts', async () => {
  await makeState();
  const left = join(stateDir, 'restore.tmp-0123456789ab');
  mkdirSync(join(left, 'state'), { recursive: true });
  writeFileSync(join(left, 'state', 'control.db'), 'of a backup');
  using _beside = await openTestState(stateDir, { create: false });
  expect(readdirSync(left)).toEqual(['state']);
  using _bot = await openTestState(stateDir);
  expect(readdirSync(stateDir).filter((name) => name.startsWith('restore.'))).toEqual([]);
});

test('closing wipes the key that was lent', async () => {
  const state = await openTestState(stateDir);
  const { botKey } = state;
  expect(botKey.some((byte) => byte !== 0)).toBe(true);
  state[Symbol.dispose]();
  expect(botKey.every((byte) => byte === 0)).toBe(true);
});
