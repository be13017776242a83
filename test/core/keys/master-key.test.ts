import { createHash } from 'node:crypto';
import {
  closeSync,
  linkSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readKeyFile } from '../../../core/keys/key-file.ts';
import {
  changePassphrase,
  createMasterKey,
  renewRecoveryCode,
  resetPassphrase,
  unlockMasterKey,
} from '../../../core/keys/master-key.ts';
import { KDF_FOR_TESTS_ONLY, KDF_PARAMETERS, passphraseKey, soundKdf } from '../../../core/keys/passphrase-key.ts';
import { seeded } from '../sqlite/sample-documents.ts';

const SEED = Date.now() % 1_000_000;
const PASSPHRASE = 'Zwölf Boxkämpfer jagen Viktor';
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinkeeper-keys-'));
  path = join(folder, 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function create() {
  const made = await createMasterKey(path, PASSPHRASE, KDF_FOR_TESTS_ONLY);
  return { ...made!, masterKey: Uint8Array.from(made!.masterKey) };
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

/** A key file as somebody would write it who changes values and knows the format. */
function withChecksum(file: Record<string, unknown>): string {
  const { checksum: _old, ...content } = file;
  return JSON.stringify({ ...content, checksum: createHash('sha256').update(JSON.stringify(content)).digest('hex') });
}

test('the passphrase opens what it made, also typed in another Unicode form', async () => {
  const { masterKey } = await create();
  expect(masterKey.length).toBe(32);
  expect(await unlockMasterKey(path, PASSPHRASE)).toEqual(masterKey);
  expect(await unlockMasterKey(path, PASSPHRASE.normalize('NFD'))).toEqual(masterKey);
});

test('keys.json is for its owner only, holds no key in clear, and leaves no temporary file', async () => {
  const { masterKey, recoveryCode } = await create();
  const text = readFileSync(path, 'latin1');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['keys.json']);
  for (const form of ['hex', 'base64'] as const) expect(text).not.toContain(Buffer.from(masterKey).toString(form));
  expect(text).not.toContain(recoveryCode.slice(0, 5));
});

test('a keys.json that is there is never replaced by a new one', async () => {
  await create();
  const before = readFileSync(path);
  expect(await createMasterKey(path, 'another one', KDF_FOR_TESTS_ONLY)).toBeUndefined();
  expect(readFileSync(path)).toEqual(before);
  expect(readdirSync(folder)).toEqual(['keys.json']);
});

test('a wrong passphrase is told from a damaged file, and nothing is written', async () => {
  await create();
  const before = readFileSync(path);
  for (const wrong of ['', 'zwölf boxkämpfer jagen viktor', `${PASSPHRASE} `]) {
    expect(await reasonOf(unlockMasterKey(path, wrong))).toBe('wrong-passphrase');
  }
  expect(readFileSync(path)).toEqual(before);
});

test('an empty passphrase makes no keys', async () => {
  expect(await reasonOf(createMasterKey(path, ' \n', KDF_FOR_TESTS_ONLY))).toBe('passphrase-empty');
  expect(readdirSync(folder)).toEqual([]);
});

test(`a changed bit in any byte of keys.json is named as damage (seed ${SEED})`, async () => {
  await create();
  const whole = readFileSync(path);
  const random = seeded(SEED);
  for (let place = 0; place < whole.length; place++) {
    const damaged = Buffer.from(whole);
    damaged[place]! ^= 1 << Math.floor(random() * 8);
    writeFileSync(path, damaged);
    expect(() => readKeyFile(path), `byte ${place}`).toThrow(/^keys.json is damaged/);
  }
});

test('a key file of the first version opens, and its ages are not known', async () => {
  const { masterKey } = await create();
  const { generation: _generation, madeAt: _madeAt, ...rest } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, withChecksum({ ...rest, version: 1 }));
  expect(await unlockMasterKey(path, PASSPHRASE)).toEqual(masterKey);
  expect(readKeyFile(path)).toMatchObject({
    generation: 1,
    madeAt: { master: null, passphrase: null, recovery: null },
  });
  await changePassphrase(path, PASSPHRASE, { passphrase: 'another one', at: 7 });
  expect(readKeyFile(path).madeAt).toEqual({ master: null, passphrase: 7, recovery: null });
  expect(await unlockMasterKey(path, 'another one')).toEqual(masterKey);
});

test('a changed passphrase replaces the old one, and the bytes of the file before are gone', async () => {
  const { masterKey, recoveryCode } = await create();
  const before = openSync(path, 'r');
  await changePassphrase(path, PASSPHRASE, { passphrase: 'another one', at: 7 });
  expect(readFileSync(before).every((byte) => byte === 0)).toBe(true);
  closeSync(before);
  expect(await reasonOf(unlockMasterKey(path, PASSPHRASE))).toBe('wrong-passphrase');
  expect(await reasonOf(changePassphrase(path, PASSPHRASE, { passphrase: 'x', at: 8 }))).toBe('wrong-passphrase');
  expect(await reasonOf(changePassphrase(path, 'another one', { passphrase: ' ', at: 8 }))).toBe('passphrase-empty');
  await resetPassphrase(path, recoveryCode, PASSPHRASE);
  expect(await unlockMasterKey(path, PASSPHRASE)).toEqual(masterKey);
});

test('a key file that a backup shares by a hard link stays as it is in the backup', async () => {
  await create();
  linkSync(path, join(folder, 'backup.json'));
  await changePassphrase(path, PASSPHRASE, { passphrase: 'another one', at: 7 });
  expect(await reasonOf(unlockMasterKey(join(folder, 'backup.json'), PASSPHRASE))).toBeUndefined();
});

test('shortened, emptied, replaced, newer and huge key files are damage; a missing one is named so', async () => {
  await create();
  const whole = readFileSync(path, 'utf8');
  const parsed = JSON.parse(whole);
  const variants = [
    '',
    '{}',
    'null',
    whole.slice(0, -10),
    JSON.stringify({ ...parsed, version: 3 }),
    JSON.stringify({ ...parsed, extra: 1 }),
    JSON.stringify({ ...parsed, canary: undefined }),
    `${whole}${' '.repeat(20_000)}`,
  ];
  for (const content of variants) {
    writeFileSync(path, content);
    expect(await reasonOf(unlockMasterKey(path, PASSPHRASE)), content.slice(0, 80)).toBe('keys-damaged');
  }
  rmSync(path);
  expect(await reasonOf(unlockMasterKey(path, PASSPHRASE))).toBe('keys-missing');
});

test('a canary of another master key is damage, although the passphrase opens this one', async () => {
  await create();
  const mine = JSON.parse(readFileSync(path, 'utf8'));
  rmSync(path);
  await create();
  const { canary } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, withChecksum({ ...mine, canary }));
  await expect(unlockMasterKey(path, PASSPHRASE)).rejects.toThrow(/canary/);
  writeFileSync(path, withChecksum(mine));
  expect(await reasonOf(unlockMasterKey(path, PASSPHRASE))).toBeUndefined();
});

test('a key file cannot ask for more memory or time than a household machine has', async () => {
  await create();
  const parsed = JSON.parse(readFileSync(path, 'utf8'));
  const hostile = [
    { memoryKiB: 1_073_741_824 },
    { memoryKiB: 2_000_000 },
    { passes: 4_000_000_000 },
    { lanes: 255 },
    { memoryKiB: -1 },
    { memoryKiB: 0.5 },
    { passes: 0 },
    { lanes: 16 },
  ];
  for (const change of hostile) {
    writeFileSync(path, withChecksum({ ...parsed, kdf: { ...parsed.kdf, ...change } }));
    await expect(unlockMasterKey(path, PASSPHRASE), JSON.stringify(change)).rejects.toThrow(/more memory or time/);
  }
  expect(soundKdf({ memoryKiB: 1_048_577, passes: 3, lanes: 4 })).toBe(false);
  expect(soundKdf({ memoryKiB: 1_048_576, passes: 17, lanes: 4 })).toBe(false);
  expect(soundKdf(KDF_PARAMETERS)).toBe(true);
});

test('new key files use argon2id with at least 64 MiB and 3 passes', async () => {
  await createMasterKey(path, PASSPHRASE, KDF_PARAMETERS);
  const { kdf } = JSON.parse(readFileSync(path, 'utf8'));
  expect(kdf).toMatchObject({ name: 'argon2id', memoryKiB: 65_536, passes: 3 });
  expect(Buffer.from(kdf.salt, 'base64').length).toBe(16);
});

test('passphrase keys are argon2id as the RFC 9106 reference program makes them', async () => {
  // echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 (test vector of the reference program, version 1.3)
  const reference = { memoryKiB: 65_536, passes: 2, lanes: 1 };
  const key = await passphraseKey('password', Buffer.from('somesalt'), reference);
  expect(Buffer.from(key).toString('hex')).toBe('09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7');
});

test('the recovery code sets a new passphrase for the same master key, and stays valid', async () => {
  const { masterKey, recoveryCode } = await create();
  await resetPassphrase(path, recoveryCode.toLowerCase(), 'a new one');
  expect(await reasonOf(unlockMasterKey(path, PASSPHRASE))).toBe('wrong-passphrase');
  expect(await unlockMasterKey(path, 'a new one')).toEqual(masterKey);
  await resetPassphrase(path, recoveryCode, PASSPHRASE);
  expect(await unlockMasterKey(path, PASSPHRASE)).toEqual(masterKey);
});

test('a renewed recovery code replaces the old one', async () => {
  const { masterKey, recoveryCode } = await create();
  const renewed = renewRecoveryCode(path, masterKey);
  const before = readFileSync(path);
  expect(await reasonOf(resetPassphrase(path, recoveryCode, 'a new one'))).toBe('wrong-recovery-code');
  expect(await reasonOf(resetPassphrase(path, `${renewed.slice(0, -1)}`, 'a new one'))).toBe('recovery-code-length');
  expect(await reasonOf(resetPassphrase(path, renewed, ' '))).toBe('passphrase-empty');
  expect(readFileSync(path)).toEqual(before);
  await resetPassphrase(path, renewed, 'a new one');
  expect(await unlockMasterKey(path, 'a new one')).toEqual(masterKey);
});

test('a folder that is not there, or is a file, is named as the state folder', async () => {
  writeFileSync(path, 'x');
  const inside = join(path, 'keys.json');
  expect(await reasonOf(createMasterKey(inside, PASSPHRASE, KDF_FOR_TESTS_ONLY))).toBe('state-dir');
  expect(await reasonOf(unlockMasterKey(inside, PASSPHRASE))).toBe('state-dir');
  const absent = join(folder, 'absent', 'keys.json');
  expect(await reasonOf(createMasterKey(absent, PASSPHRASE, KDF_FOR_TESTS_ONLY))).toBe('state-dir');
});
