import type { Database } from 'better-sqlite3';
import type { CryptoBatch } from '../../../bot/matrix/crypto-inbox.ts';
import { CryptoMachine } from '../../../bot/matrix/crypto-machine.ts';
import type { Homeserver, Session } from '../../../bot/matrix/homeserver.ts';
import type { SmallHomeserver } from './small-homeserver.ts';

export const BOT = '@kin:home.test';
export const SESSION: Session = { userId: BOT, deviceId: 'BOTDEVICE', accessToken: `${BOT}|BOTDEVICE` };

/** Opens the bot's real crypto machine on bot.db against the small homeserver. */
export function openBotCrypto(
  db: Database,
  homeserver: Homeserver,
  changes: Partial<
    Pick<Parameters<typeof CryptoMachine.open>[0], 'onStoreFailure' | 'onRoomKeys' | 'seeIdentity'>
  > = {},
): Promise<CryptoMachine> {
  return CryptoMachine.open({
    db,
    session: SESSION,
    homeserver,
    onStoreFailure: (error) => {
      throw error;
    },
    onRoomKeys: () => {},
    seeIdentity: () => false,
    sendRoomEvent: () => Promise.reject(new Error('no verification in this test')),
    ...changes,
  });
}

/** What a sync would bring the bot's machine now. */
export function nextBatch(server: SmallHomeserver, changes: Partial<CryptoBatch> = {}): CryptoBatch {
  const { deviceId } = SESSION;
  return { ...nextBatchOf(server.keys.takeInbox(BOT, deviceId), server.keys.oneTimeCount(BOT, deviceId)), ...changes };
}

/** A batch of these to-device messages, with so many one-time keys left on the server. */
export function nextBatchOf(toDevice: readonly unknown[], oneTimeKeys: number): CryptoBatch {
  const counts = { signed_curve25519: oneTimeKeys };
  return { batch: 1, toDevice, changed: [], left: [], oneTimeKeys: counts, fallbackKeys: ['signed_curve25519'] };
}
