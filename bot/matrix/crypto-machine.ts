import {
  CollectStrategy,
  DecryptionSettings,
  DeviceId,
  DeviceLists,
  EncryptionSettings,
  HistoryVisibility,
  initAsync,
  OlmMachine,
  OtherUserIdentity,
  RequestType,
  RoomId,
  TrustRequirement,
  UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Database } from 'better-sqlite3';
import { AppError } from '../../core/errors.ts';
import { checkpoint } from './checkpoint.ts';
import type { CryptoBatch } from './crypto-inbox.ts';
import { type CryptoRequest, performCryptoRequest, type SendRoomEvent } from './crypto-requests.ts';
import { DurableIndexedDb } from './durable-indexeddb.ts';
import type { MatrixEvent } from './events.ts';
import { type CryptoOf, forgetCrypto } from './forget-crypto.ts';
import type { Homeserver, Session } from './homeserver.ts';
import { HomeserverError } from './homeserver-error.ts';
import { keepIdentityKeys, readIdentityKeys } from './identity-keys.ts';
import { masterKeyOf, peopleIn } from './identity-of.ts';
import { KeylessDevices } from './keyless-devices.ts';
import { Mutex } from './mutex.ts';
import { type Decrypted, openEvent } from './open-event.ts';
import { exportedKeys, joinOwnIdentity } from './own-identity.ts';
import { hasSignedDevice, requireReachable, requireReader } from './require-reader.ts';

const STORE = 'kinkeeper';
/** The library's name for the database of that store. */
const DATABASE = `${STORE}::matrix-sdk-crypto`;

/**
 * What becomes of readers whose identity is not the one that they are known by: nothing is encrypted (`refuse`), it is for
 * the others alone (`leave-out`), or they get it too (`include`: explanations that hold nothing private).
 */
export type Unconfirmed = 'refuse' | 'leave-out' | 'include';

type ClaimAnswer = { readonly one_time_keys?: Record<string, Record<string, unknown>> };

interface CryptoMachineParts {
  readonly db: Database;
  readonly session: Session;
  readonly homeserver: Homeserver;
  /** Called when the store can no longer be written; the process must end. */
  readonly onStoreFailure: (error: unknown) => void;
  /** Called with the rooms whose keys came. */
  readonly onRoomKeys: (rooms: readonly string[]) => void;
  readonly sendRoomEvent: SendRoomEvent;
  /**
   * Takes the master key that the homeserver shows for somebody now; true when they are known by another
   * (core/identities.ts). `isNew`: it is not the one that the crypto store knows them by.
   */
  readonly seeIdentity: (person: string, key: string, isNew: boolean) => boolean;
}

/**
 * The bot's end-to-end crypto: a narrow interface over matrix-sdk-crypto-wasm with a durable store. Everything that
 * changes the machine runs one at a time: two encryptions at once would share one room key twice.
 */
export class CryptoMachine {
  readonly machine: OlmMachine;
  #store: DurableIndexedDb;
  #parts: CryptoMachineParts;
  #mutex = new Mutex();
  #oneTimeKeys: number | undefined;
  readonly #keyless = new KeylessDevices();

  private constructor(machine: OlmMachine, store: DurableIndexedDb, parts: CryptoMachineParts) {
    this.machine = machine;
    this.#store = store;
    this.#parts = parts;
  }

  static async open(parts: CryptoMachineParts): Promise<CryptoMachine> {
    await initAsync();
    const store = await DurableIndexedDb.open(parts.db, parts.onStoreFailure);
    const machine = await OlmMachine.initialize(
      new UserId(parts.session.userId),
      new DeviceId(parts.session.deviceId),
      STORE,
    );
    // Nobody answers forwarding requests any more; asking would only tell the server which messages we miss.
    machine.roomKeyRequestsEnabled = false;
    machine.roomKeyForwardingEnabled = false;
    await machine.registerRoomKeyUpdatedCallback(async (infos) => {
      parts.onRoomKeys(infos.map((info) => info.roomId.toString()));
    });
    return new CryptoMachine(machine, store, parts);
  }

  /** Feeds one sync answer's crypto part and performs what the machine wants to send. Feeding a batch twice is harmless. */
  feed(batch: CryptoBatch): Promise<void> {
    return this.#mutex.run(async () => {
      await this.machine.receiveSyncChanges(
        JSON.stringify(batch.toDevice),
        new DeviceLists(userIds(batch.changed), userIds(batch.left)),
        new Map(Object.entries(batch.oneTimeKeys)),
        batch.fallbackKeys ? new Set(batch.fallbackKeys) : undefined,
        new DecryptionSettings(TrustRequirement.Untrusted),
      );
      this.#oneTimeKeys = batch.oneTimeKeys.signed_curve25519 ?? this.#oneTimeKeys;
      this.#keyless.hear(batch.toDevice);
      checkpoint('crypto-fed');
    });
  }

  /** Performs the machine's pending requests (key upload, device queries, verification). What the server refused stays pending, and the first refusal is thrown as HomeserverError. */
  async flush(): Promise<void> {
    await this.#mutex.run(() => this.#performOutgoing());
    // Room events are encrypted by this machine, under the same lock, so they are sent outside of it.
    const requests = (await this.machine.outgoingRequests()) as unknown as CryptoRequest[];
    for (const request of requests) if (request.type === RequestType.RoomMessage) await this.#perform(request);
  }

  /**
   * Encrypts a room event for exactly these people's signed devices. Throws AppError `unavailable`, reason
   * `no-signed-device`, when none of them has a device that could read it, so that nothing is sent into the void; reason
   * `no-device-reached`, when the homeserver has no key left for any of these devices, until one of them was heard of; reason
   * `identity-changed` when somebody's identity is not the one that they are known by (see `Unconfirmed`).
   */
  encrypt(
    room: string,
    event: { type: string; content: unknown; for: readonly string[]; unconfirmed?: Unconfirmed },
  ): Promise<Record<string, unknown>> {
    return this.#mutex.run(async () => {
      await this.#shareKey(room, event.for, event.unconfirmed ?? 'refuse');
      const encrypted = await this.machine.encryptRoomEvent(
        new RoomId(room),
        event.type,
        JSON.stringify(event.content),
      );
      checkpoint('encrypted');
      return JSON.parse(encrypted) as Record<string, unknown>;
    });
  }

  /**
   * Encrypts a message in a room of the bot alone, under a room key made for it and given to nobody: for the bot's test of itself.
   * Nothing is asked of the homeserver.
   */
  sealForSelf(room: string, content: unknown): Promise<Record<string, unknown>> {
    return this.#mutex.run(async () => {
      await this.machine.invalidateGroupSession(new RoomId(room));
      await this.machine.shareRoomKey(new RoomId(room), [], roomKeySettings());
      const encrypted = await this.machine.encryptRoomEvent(
        new RoomId(room),
        'm.room.message',
        JSON.stringify(content),
      );
      return JSON.parse(encrypted) as Record<string, unknown>;
    });
  }

  /** Decrypts a room event and judges its sender. */
  async decrypt(event: MatrixEvent, room: string): Promise<Decrypted> {
    const first = await this.#judge(event, room);
    if (first.kind !== 'untrusted' || first.why === 'mismatch') return first;
    // The device may have been signed since its owner's keys were last asked for: look again before refusing it.
    await this.#mutex.run(async () => {
      const query = this.machine.queryKeysForUsers([userId(event.sender)]);
      await this.#perform(query);
      await this.#performOutgoing();
    });
    return this.#judge(event, room);
  }

  /** True when the homeserver shows another identity for the person than the one that they are known by. */
  async isChanged(person: string): Promise<boolean> {
    if (person === this.#parts.session.userId) return false;
    const identity = await this.machine.getIdentity(userId(person));
    if (!(identity instanceof OtherUserIdentity)) return false;
    return this.#parts.seeIdentity(person, masterKeyOf(identity), identity.identityNeedsUserApproval());
  }

  /** True when the person has at least one device that their own identity signed, as far as the last key query says. */
  hasSignedDevice(person: string): Promise<boolean> {
    return hasSignedDevice(this.machine, person);
  }

  /**
   * Makes and uploads the bot's cross-signing identity when it has none, or makes a new device (after a restore, or when the crypto
   * store was lost) part of the one that it had, by the keys kept in bot.db. Returns true when it was made now. Throws AppError as `joinOwnIdentity`.
   */
  ensureIdentity(): Promise<boolean> {
    return this.#mutex.run(async () => {
      const isNew = await this.#ensureIdentity();
      const keys = await exportedKeys(this.machine);
      if (keys) keepIdentityKeys(this.#parts.db, keys);
      return isNew;
    });
  }

  /** One-time keys of the bot that the homeserver held at the last sync that said so; undefined before. */
  get oneTimeKeys(): number | undefined {
    return this.#oneTimeKeys;
  }

  /** True when the server shows the bot's device signed by the bot's identity, as far as is known. */
  ownDeviceSigned(): Promise<boolean> {
    return this.#mutex.run(() => this.#ownDeviceSigned());
  }

  /** Asks the homeserver whether that is so; health checks report it. Throws HomeserverError when it does not answer. */
  lookAtOwnDevice(): Promise<boolean> {
    return this.#mutex.run(async () => {
      await this.#perform(this.machine.queryKeysForUsers([userId(this.#parts.session.userId)]));
      return this.#ownDeviceSigned();
    });
  }

  /** Performs one request on behalf of the verification code; room events outside the lock, because they are encrypted under it. */
  perform(request: CryptoRequest): Promise<void> {
    return request.type === RequestType.RoomMessage
      ? this.#perform(request)
      : this.#mutex.run(() => this.#perform(request));
  }

  /** Forgets a person's devices and the keys of their rooms, for good. To be called when nothing more is sent to them. */
  forget(whose: CryptoOf): Promise<void> {
    return this.#mutex.run(() => forgetCrypto(DATABASE, whose));
  }

  async close(): Promise<void> {
    await this.#mutex.run(async () => this.machine.close());
    this.#store.close();
  }

  async #ensureIdentity(): Promise<boolean> {
    const status = await this.machine.crossSigningStatus();
    await this.#performOutgoing();
    if (status.hasMaster && status.hasSelfSigning && (await this.#ownDeviceSigned())) return false;
    const perform = (request: CryptoRequest) => this.#perform(request);
    const joining = { machine: this.machine, session: this.#parts.session, perform };
    if (!status.hasMaster && (await joinOwnIdentity(joining, readIdentityKeys(this.#parts.db)))) return false;
    // With keys in the store this repeats an upload that a killed process may not have finished; the server takes an identical one without a password.
    const requests = await this.machine.bootstrapCrossSigning(false);
    if (requests.uploadKeysRequest) await this.#perform(requests.uploadKeysRequest as CryptoRequest);
    await this.#parts.homeserver.call('POST', '/client/v3/keys/device_signing/upload', {
      body: JSON.parse(requests.uploadSigningKeysRequest.body),
    });
    await this.#perform(requests.uploadSignaturesRequest as unknown as CryptoRequest);
    await this.#perform(this.machine.queryKeysForUsers([userId(this.#parts.session.userId)]));
    return true;
  }

  /** Nobody's device vouches for an identity that is not theirs, whatever it signed. */
  async #judge(event: MatrixEvent, room: string): Promise<Decrypted> {
    const decrypted = await openEvent(this.machine, { event, room, own: this.#parts.session.userId });
    if (decrypted.kind === 'no-key' || (decrypted.kind === 'untrusted' && decrypted.why === 'mismatch'))
      return decrypted;
    return (await this.isChanged(event.sender)) ? { kind: 'untrusted', why: 'identity-changed' } : decrypted;
  }

  async #shareKey(room: string, people: readonly string[], unconfirmed: Unconfirmed): Promise<void> {
    await this.machine.updateTrackedUsers(people.map(userId));
    await this.#performOutgoing(RequestType.KeysQuery);
    const readers = unconfirmed === 'include' ? people : await this.#confirmed(people, unconfirmed);
    const others = readers.filter((person) => person !== this.#parts.session.userId);
    await requireReader(this.machine, others);
    const users = () => readers.map(userId);
    const claim = await this.machine.getMissingSessions(users());
    if (claim) await this.#perform(claim as unknown as CryptoRequest);
    await requireReachable(this.machine, others, this.#keyless);
    const requests = await this.machine.shareRoomKey(new RoomId(room), users(), roomKeySettings());
    for (const request of requests) await this.#perform(request as unknown as CryptoRequest);
  }

  /** Those who are who they are known to be. Throws (see `encrypt`) where somebody is not and may not be left out, or nobody is left. */
  async #confirmed(people: readonly string[], unconfirmed: 'refuse' | 'leave-out'): Promise<string[]> {
    const changed = new Set<string>();
    for (const person of people) if (await this.#lookAt(person)) changed.add(person);
    const left = people.filter((person) => !changed.has(person));
    const isReadable = left.some((person) => person !== this.#parts.session.userId);
    if (changed.size === 0 || (unconfirmed === 'leave-out' && isReadable)) return left;
    throw new AppError('unavailable', 'Somebody in the room has another identity than before.', {
      reason: 'identity-changed',
      facts: { person: [...changed][0]! },
    });
  }

  /** One refused request (a key upload that collides) must not keep the others back: they are all tried. */
  async #performOutgoing(only?: RequestType): Promise<void> {
    const requests = (await this.machine.outgoingRequests()) as unknown as CryptoRequest[];
    let refusal: HomeserverError | undefined;
    for (const request of requests) {
      if (request.type === RequestType.RoomMessage || (only !== undefined && request.type !== only)) continue;
      try {
        await this.#perform(request);
      } catch (error) {
        if (!(error instanceof HomeserverError) || error.transient) throw error;
        refusal ??= error;
      }
    }
    if (refusal) throw refusal;
  }

  async #perform(request: CryptoRequest): Promise<void> {
    const answer = await performCryptoRequest(this.machine, request, this.#parts);
    if (request.type === RequestType.KeysClaim)
      this.#keyless.note(JSON.parse(request.body).one_time_keys, (answer as ClaimAnswer).one_time_keys ?? {});
    // Only the answer to such a query brings an identity: whoever has a new one is noticed here, before anything is done with it.
    if (request.type === RequestType.KeysQuery) for (const person of peopleIn(request)) await this.#lookAt(person);
  }

  /**
   * See `isChanged`, and brings the library's own idea of the identity in line, which stands in for `seeIdentity` while that
   * is locked. A verification by emoji proves nothing to the bot, which has no eyes: the library is to make nothing of it.
   */
  async #lookAt(person: string): Promise<boolean> {
    const isChanged = await this.isChanged(person);
    const identity = await this.machine.getIdentity(userId(person));
    if (!(identity instanceof OtherUserIdentity)) return isChanged;
    if (identity.hasVerificationViolation()) await identity.withdrawVerification();
    if (!isChanged && identity.identityNeedsUserApproval()) await identity.pinCurrentMasterKey();
    return isChanged;
  }

  async #ownDeviceSigned(): Promise<boolean> {
    const { userId: own, deviceId } = this.#parts.session;
    const device = await this.machine.getDevice(userId(own), new DeviceId(deviceId));
    return device?.isCrossSignedByOwner() ?? false;
  }
}

function roomKeySettings(): EncryptionSettings {
  const settings = new EncryptionSettings();
  settings.sharingStrategy = CollectStrategy.identityBasedStrategy();
  settings.historyVisibility = HistoryVisibility.Joined;
  return settings;
}

/** What a server names as users; what is no user id is left out, so that nobody's odd name can stop the feeding. */
function userIds(names: readonly string[]): UserId[] {
  return names.flatMap((name) => {
    try {
      return [userId(name)];
    } catch {
      return [];
    }
  });
}

/** The library consumes its arguments, so every call gets a fresh one. */
function userId(id: string): UserId {
  return new UserId(id);
}
