import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepIdentityKeys, readIdentityKeys } from '../../bot/matrix/identity-keys.ts';
import { type CrossSigningSecrets, encodeRecoveryKey, storeSecrets } from '../../bot/matrix/secret-storage.ts';
import { takeRecoveryKey } from '../../bot/recovery-key-file.ts';
import { temporaryBotDb } from './matrix/bot-db.ts';
import { BOT, SESSION } from './matrix/bot-side.ts';
import { SmallHomeserver } from './matrix/small-homeserver.ts';

const keysOf = (letter: string): CrossSigningSecrets => ({
  'm.cross_signing.master': letter.repeat(43),
  'm.cross_signing.self_signing': letter.repeat(43),
  'm.cross_signing.user_signing': letter.repeat(43),
});

let server: SmallHomeserver;
let place: ReturnType<typeof temporaryBotDb>;
let stateDir: string;
beforeEach(async () => {
  server = await SmallHomeserver.start();
  place = temporaryBotDb();
  stateDir = mkdtempSync(join(tmpdir(), 'kin-recovery-'));
});
afterEach(async () => {
  place.remove();
  rmSync(stateDir, { recursive: true, force: true });
  await server.stop();
});

test('a recovery key brings the identity of now, also where keys of an older one are kept', async () => {
  const homeserver = server.client(BOT, SESSION.deviceId);
  const take = () => takeRecoveryKey(stateDir, { db: place.db, homeserver, session: SESSION });
  const file = join(stateDir, 'recovery-key');
  const recoveryKey = await storeSecrets(homeserver, BOT, keysOf('B'));
  keepIdentityKeys(place.db, keysOf('A'));
  await take();
  expect(readIdentityKeys(place.db)).toEqual(keysOf('A'));
  writeFileSync(file, `${encodeRecoveryKey(new Uint8Array(32).fill(7))}\n`, { mode: 0o600 });
  await expect(take()).rejects.toMatchObject({ reason: 'recovery-key-wrong' });
  expect(readIdentityKeys(place.db)).toEqual(keysOf('A'));
  expect(existsSync(file)).toBe(true);
  writeFileSync(file, `${recoveryKey}\n`);
  await take();
  expect(readIdentityKeys(place.db)).toEqual(keysOf('B'));
  expect(existsSync(file)).toBe(false);
});
