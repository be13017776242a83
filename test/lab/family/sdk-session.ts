import { setTimeout as sleep } from 'node:timers/promises';
import { ClientEvent, createClient, type MatrixClient, type SyncState, type UIAuthCallback } from 'matrix-js-sdk';
import { decodeRecoveryKey } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { type Logger, logger as sharedLogger } from 'matrix-js-sdk/lib/logger.js';
import { callJson } from '../call-json.ts';
import type { FamilyNetwork } from './network.ts';

/** A started matrix-js-sdk client with Rust crypto in memory. */
export interface SdkSession {
  readonly sdk: MatrixClient;
  /** Set when this login made the person's cross-signing keys: opens their secret storage for further devices. */
  readonly recoveryKey?: string;
  /** The SDK's last warnings and errors, for the message of a failed test. */
  complaints(): string;
}

/** How a device logs in. */
export interface DeviceLogin {
  readonly homeserver: string;
  /** Localpart or full user id. */
  readonly user: string;
  readonly password: string;
  readonly deviceName?: string;
  /** true: the device is cross-signed, with new keys (first device) or with `recoveryKey`. false: it stays unsigned. */
  readonly crossSigned: boolean;
  /** Of an earlier login of the same person: this device is signed through secret storage, as Element asks for. */
  readonly recoveryKey?: string;
  /** true: the account's identity, which this device has no key of, is replaced by a new one, as "reset identity" in Element does. */
  readonly resetIdentity?: boolean;
}

// Some of the SDK's modules ignore the client's own logger; children of the shared one take over its factory.
const shared = sharedLogger as unknown as { methodFactory: () => () => void; rebuild(): void };
shared.methodFactory = () => () => undefined;
shared.rebuild();

/** Logs in a new device, starts its sync, and signs it when asked. */
export async function startSession(login: DeviceLogin, network: FamilyNetwork): Promise<SdkSession> {
  const { logger, complaints, forget } = quietLogger();
  const credentials = await passwordLogin(login);
  const secret: { key?: Uint8Array<ArrayBuffer> } = {};
  if (login.recoveryKey !== undefined) secret.key = decodeRecoveryKey(login.recoveryKey);
  const sdk = createClient({
    baseUrl: login.homeserver,
    userId: credentials.user_id,
    deviceId: credentials.device_id,
    accessToken: credentials.access_token,
    fetchFn: network.fetch,
    disableVoip: true,
    logger,
    cryptoCallbacks: {
      getSecretStorageKey: async ({ keys }) => {
        const [keyId] = Object.keys(keys);
        return keyId === undefined || secret.key === undefined ? null : [keyId, secret.key];
      },
    },
  });
  await sdk.initRustCrypto({ useIndexedDB: false });
  const prepared = firstSync(sdk);
  await sdk.startClient({ initialSyncLimit: 100 });
  await prepared;
  const recoveryKey = login.crossSigned ? await signDevice(sdk, login, secret) : undefined;
  await devicePublished(sdk);
  // Its warnings while starting are the same every time.
  forget();
  return { sdk, complaints, ...(recoveryKey === undefined ? {} : { recoveryKey }) };
}

async function passwordLogin(
  login: DeviceLogin,
): Promise<{ user_id: string; device_id: string; access_token: string }> {
  return callJson(`${login.homeserver}/_matrix/client/v3/login`, {
    method: 'POST',
    body: { ...passwordOf(login), initial_device_display_name: login.deviceName ?? 'Element' },
  });
}

/** The SDK uploads its device keys in the background; until then nobody could send this device a room key. */
async function devicePublished(sdk: MatrixClient): Promise<void> {
  const [userId, deviceId] = [sdk.getSafeUserId(), sdk.getDeviceId()!];
  for (const deadline = Date.now() + 30_000; ; await sleep(20)) {
    const answer = await sdk.downloadKeysForUsers([userId]);
    if (answer.device_keys?.[userId]?.[deviceId] !== undefined) return;
    if (Date.now() > deadline)
      throw new Error(`the keys of ${userId} ${deviceId} are not on the homeserver after 30 s`);
  }
}

function passwordOf(login: DeviceLogin): { type: string; identifier: object; password: string } {
  return { type: 'm.login.password', identifier: { type: 'm.id.user', user: login.user }, password: login.password };
}

function firstSync(sdk: MatrixClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (state: SyncState, _previous: SyncState | null, data?: { error?: Error }) => {
      if (state !== 'PREPARED' && state !== 'ERROR') return;
      sdk.off(ClientEvent.Sync, look);
      if (state === 'PREPARED') resolve();
      else reject(new Error(`first sync failed: ${data?.error?.message}`));
    };
    sdk.on(ClientEvent.Sync, look);
  });
}

/** Makes (or reads) the person's cross-signing keys and signs this device. Returns the recovery key when one was made. */
async function signDevice(
  sdk: MatrixClient,
  login: DeviceLogin,
  secret: { key?: Uint8Array<ArrayBuffer> },
): Promise<string | undefined> {
  const crypto = sdk.getCrypto()!;
  const exists = await crypto.userHasCrossSigningKeys(undefined, true);
  const isReset = exists && login.resetIdentity === true;
  if (exists && login.recoveryKey === undefined && !isReset) {
    throw new Error(
      `${login.user} has cross-signing keys already: give the recoveryKey of the first login, or crossSigned: false`,
    );
  }
  const authUploadDeviceSigningKeys: UIAuthCallback<void> = async (makeRequest) => {
    try {
      await makeRequest(null);
    } catch (error) {
      // The homeserver asks for the password, unless these are the account's first keys.
      const session = (error as { data?: { session?: string } }).data?.session;
      if (session === undefined) throw error;
      await makeRequest({ ...passwordOf(login), session } as Parameters<typeof makeRequest>[0]);
    }
  };
  if (isReset) await crypto.resetEncryption(authUploadDeviceSigningKeys);
  else await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys });
  if (exists) return undefined;
  const generated = await crypto.createRecoveryKeyFromPassphrase();
  secret.key = generated.privateKey;
  await crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => generated });
  return generated.encodedPrivateKey;
}

function quietLogger(): { logger: Logger; complaints: () => string; forget: () => void } {
  const kept: string[] = [];
  const keep = (...parts: unknown[]) => {
    kept.push(
      parts
        .map((part) => (part instanceof Error ? part.message : String(part)))
        .join(' ')
        .slice(0, 300),
    );
    if (kept.length > 8) kept.shift();
  };
  const ignore = () => undefined;
  const logger: Logger = {
    trace: ignore,
    debug: ignore,
    info: ignore,
    warn: keep,
    error: keep,
    getChild: () => logger,
  };
  const complaints = () =>
    kept.length === 0 ? '' : ['The client complained:', ...kept.map((line) => `  ${line}`)].join('\n');
  return { logger, complaints, forget: () => kept.splice(0) };
}
