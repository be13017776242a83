import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deriveKey } from '../../../core/keys/derive.ts';
import { readKeyFile } from '../../../core/keys/key-file.ts';
import { resetPassphrase, unlockMasterKey } from '../../../core/keys/master-key.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { rotateMasterKey } from '../../../core/sqlite/rotate-master-key.ts';
import { expectPapers, keepPapers } from '../../prove/kill-steps/sample-household.ts';
import { NOW, openTestState, PASSPHRASE, temporaryFolder } from './temporary-state.ts';

let place: ReturnType<typeof temporaryFolder>;
beforeEach(async () => {
  place = temporaryFolder();
  await keepPapers(place.stateDir);
});
afterEach(() => place.remove());

const keyFile = () => join(place.stateDir, 'keys.json');
async function rotate(confirmed: (code: string) => Promise<boolean> = async () => true) {
  return rotateMasterKey({ stateDir: place.stateDir, passphrase: PASSPHRASE, at: NOW + 5, confirmed });
}

test('a new master key opens everything, the old one nothing, and the new recovery code works', async () => {
  const old = await unlockMasterKey(keyFile(), PASSPHRASE);
  let code = '';
  const confirmed = async (shown: string) => {
    code = shown;
    return true;
  };
  expect(await rotate(confirmed)).toBe(true);
  expect(readKeyFile(keyFile())).toMatchObject({
    generation: 2,
    madeAt: { master: NOW + 5, passphrase: NOW, recovery: NOW + 5 },
  });
  expect(await unlockMasterKey(keyFile(), PASSPHRASE)).not.toEqual(old);
  expect(() => openEncrypted(join(place.stateDir, 'control.db'), deriveKey(old, 'control.db'))).toThrow(
    /cannot be read/,
  );
  using state = await openTestState(place.stateDir);
  expectPapers(state);
  expect(readdirSync(place.stateDir).filter((file) => file.includes('next'))).toEqual([]);
  await resetPassphrase(keyFile(), code, 'another one');
});

test('bot.db gets its new key as well', async () => {
  const open = async () => {
    const key = deriveKey(await unlockMasterKey(keyFile(), PASSPHRASE), 'bot.db');
    return openEncrypted(join(place.stateDir, 'bot.db'), key);
  };
  const db = await open();
  db.exec(`CREATE TABLE inbox (event TEXT); INSERT INTO inbox VALUES ('$one')`);
  db.close();
  await rotate();
  const again = await open();
  expect(again.prepare('SELECT event FROM inbox').pluck().all()).toEqual(['$one']);
  again.close();
});

test('a code that was not written down changes nothing', async () => {
  const before = readKeyFile(keyFile());
  expect(await rotate(async () => false)).toBe(false);
  expect(readKeyFile(keyFile())).toEqual(before);
  using state = await openTestState(place.stateDir);
  expectPapers(state);
});

test('a wrong passphrase changes nothing', async () => {
  const rotating = rotateMasterKey({
    stateDir: place.stateDir,
    passphrase: 'no',
    at: NOW,
    confirmed: async () => true,
  });
  await expect(rotating).rejects.toMatchObject({ reason: 'wrong-passphrase' });
  using state = await openTestState(place.stateDir);
  expectPapers(state);
});
