import { afterEach, beforeEach, expect, test } from 'vitest';
import { CryptoMachine } from '../../../bot/matrix/crypto-machine.ts';
import type { Session } from '../../../bot/matrix/homeserver.ts';
import { keepIdentityKeys, readIdentityKeys } from '../../../bot/matrix/identity-keys.ts';
import { decodeRecoveryKey, encodeRecoveryKey, openSecrets, storeSecrets } from '../../../bot/matrix/secret-storage.ts';
import { temporaryBotDb } from './bot-db.ts';
import { BOT, SESSION } from './bot-side.ts';
import { Peer } from './peer.ts';
import { ADA } from './sample-events.ts';
import { SmallHomeserver } from './small-homeserver.ts';

const AFTER: Session = { userId: BOT, deviceId: 'RESTORED', accessToken: `${BOT}|RESTORED` };

let server: SmallHomeserver;
const places: ReturnType<typeof temporaryBotDb>[] = [];
const machines: CryptoMachine[] = [];

beforeEach(async () => {
  server = await SmallHomeserver.start();
});
afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.close();
  for (const place of places.splice(0)) place.remove();
  await server.stop();
});

async function open(session: Session, place: ReturnType<typeof temporaryBotDb>, at = server): Promise<CryptoMachine> {
  const machine = await CryptoMachine.open({
    ...{ db: place.db, session, homeserver: at.client(BOT, session.deviceId), seeIdentity: () => false },
    onStoreFailure: (error) => {
      throw error;
    },
    onRoomKeys: () => {},
    sendRoomEvent: () => Promise.reject(new Error('no verification in this test')),
  });
  machines.push(machine);
  return machine;
}
function newPlace() {
  const place = temporaryBotDb();
  places.push(place);
  return place;
}
async function closeNewest(): Promise<void> {
  await machines.pop()!.close();
}
test('a new device with the kept keys is the same bot to everybody else', async () => {
  const before = newPlace();
  await (await open(SESSION, before)).ensureIdentity();
  const kept = readIdentityKeys(before.db)!;
  const ada = await Peer.start(server, ADA, 'ADA1');
  const identity = (await ada.look(BOT, SESSION.deviceId)).masterKey;
  await closeNewest();
  const uploads = server.count(/device_signing/);
  const after = newPlace();
  keepIdentityKeys(after.db, kept);
  const restored = await open(AFTER, after);
  expect(await restored.ensureIdentity()).toBe(false);
  expect(await restored.ownDeviceSigned()).toBe(true);
  expect(server.count(/device_signing/)).toBe(uploads);
  expect(await ada.look(BOT, AFTER.deviceId)).toEqual({ masterKey: identity, isSigned: true });
});

test('without the kept keys nothing is put in the identity’s place, and the recovery key brings it back', async () => {
  const before = newPlace();
  await (await open(SESSION, before)).ensureIdentity();
  const kept = readIdentityKeys(before.db)!;
  const homeserver = server.client(BOT, SESSION.deviceId);
  const recoveryKey = await storeSecrets(homeserver, BOT, kept);
  await closeNewest();
  const after = newPlace();
  const restored = await open(AFTER, after);
  await expect(restored.ensureIdentity()).rejects.toMatchObject({ reason: 'identity-unknown' });
  await expect(restored.ensureIdentity()).rejects.toMatchObject({ reason: 'identity-unknown' });
  expect(server.count(/device_signing/)).toBe(1);
  const [first, second] = [recoveryKey[6]!, recoveryKey[7]!];
  const swapped = `${recoveryKey.slice(0, 6)}${second}${first}${recoveryKey.slice(8)}`;
  if (first !== second) {
    await expect(openSecrets(homeserver, BOT, swapped)).rejects.toMatchObject({ reason: 'recovery-key-typo' });
  }
  const other = encodeRecoveryKey(new Uint8Array(32).fill(7));
  await expect(openSecrets(homeserver, BOT, other)).rejects.toMatchObject({ reason: 'recovery-key-wrong' });
  expect(encodeRecoveryKey(decodeRecoveryKey(recoveryKey))).toBe(recoveryKey);
  const opened = await openSecrets(homeserver, BOT, recoveryKey.replaceAll(' ', ''));
  expect(opened).toEqual(kept);
  keepIdentityKeys(after.db, opened);
  expect(await restored.ensureIdentity()).toBe(false);
  expect(await restored.ownDeviceSigned()).toBe(true);
});

test('keys of another identity are refused, and change nothing', async () => {
  await (await open(SESSION, newPlace())).ensureIdentity();
  await closeNewest();
  const elsewhere = await SmallHomeserver.start();
  const foreign = newPlace();
  const stranger = await open(SESSION, foreign, elsewhere);
  await stranger.ensureIdentity();
  const after = newPlace();
  keepIdentityKeys(after.db, readIdentityKeys(foreign.db)!);
  await closeNewest();
  await elsewhere.stop();
  const restored = await open(AFTER, after);
  await expect(restored.ensureIdentity()).rejects.toMatchObject({ reason: 'identity-unknown' });
  expect(await restored.ownDeviceSigned()).toBe(false);
});
