import {
  CollectStrategy,
  DecryptionSettings,
  DeviceId,
  DeviceLists,
  EncryptionSettings,
  initAsync,
  OlmMachine,
  OtherUserIdentity,
  RoomId,
  TrustRequirement,
  UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import { type CryptoRequest, performCryptoRequest } from '../../../bot/matrix/crypto-requests.ts';
import type { MatrixEvent } from '../../../bot/matrix/events.ts';
import type { Homeserver } from '../../../bot/matrix/homeserver.ts';
import { masterKeyOf } from '../../../bot/matrix/identity-of.ts';
import type { SmallHomeserver } from './small-homeserver.ts';

/** A family member's device: a second real crypto machine, kept in memory. */
export class Peer {
  readonly machine: OlmMachine;
  readonly user: string;
  readonly device: string;
  #homeserver: Homeserver;
  #server: SmallHomeserver;
  #sent = 0;

  private constructor(machine: OlmMachine, names: { user: string; device: string }, server: SmallHomeserver) {
    this.machine = machine;
    this.user = names.user;
    this.device = names.device;
    this.#server = server;
    this.#homeserver = server.client(names.user, names.device);
  }

  /** `signed` is false for a device that its owner never verified. */
  static async start(
    server: SmallHomeserver,
    user: string,
    device: string,
    options: { signed?: boolean } = {},
  ): Promise<Peer> {
    await initAsync();
    const peer = new Peer(
      await OlmMachine.initialize(new UserId(user), new DeviceId(device)),
      { user, device },
      server,
    );
    await peer.settle();
    if (options.signed ?? true) await peer.sign();
    return peer;
  }

  /** Makes the person's identity and signs this device with it. */
  sign(): Promise<void> {
    return this.#publish(true);
  }

  /** Shows the identity that this device made once more, as a server does that had put another in its place. */
  publish(): Promise<void> {
    return this.#publish(false);
  }

  async #publish(isNew: boolean): Promise<void> {
    const requests = await this.machine.bootstrapCrossSigning(isNew);
    if (requests.uploadKeysRequest) await this.#perform(requests.uploadKeysRequest as CryptoRequest);
    await this.#homeserver.call('POST', '/client/v3/keys/device_signing/upload', {
      body: JSON.parse(requests.uploadSigningKeysRequest.body),
    });
    await this.#perform(requests.uploadSignaturesRequest as unknown as CryptoRequest);
    await this.settle();
  }

  /** Takes the waiting to-device messages and performs what the machine wants. */
  async settle(): Promise<void> {
    const counts = new Map([['signed_curve25519', this.#server.keys.oneTimeCount(this.user, this.device)]]);
    await this.machine.receiveSyncChanges(
      JSON.stringify(this.#server.keys.takeInbox(this.user, this.device)),
      new DeviceLists(),
      counts,
      undefined,
      new DecryptionSettings(TrustRequirement.Untrusted),
    );
    for (const request of await this.machine.outgoingRequests())
      await this.#perform(request as unknown as CryptoRequest);
  }

  /** An encrypted event of this device. `withKey: false` keeps the room key from everybody. */
  async encrypt(
    room: string,
    to: readonly string[],
    message: { type?: string; content: unknown; withKey?: boolean },
  ): Promise<MatrixEvent> {
    const users = () => to.map((user) => new UserId(user));
    await this.machine.updateTrackedUsers(users());
    await this.settle();
    const claim = await this.machine.getMissingSessions(users());
    if (claim) await this.#perform(claim as unknown as CryptoRequest);
    const settings = new EncryptionSettings();
    settings.sharingStrategy = CollectStrategy.allDevices();
    for (const request of await this.machine.shareRoomKey(new RoomId(room), users(), settings)) {
      const toDevice = request as unknown as CryptoRequest;
      if (message.withKey ?? true) await this.#perform(toDevice);
      else if (toDevice.id) await this.machine.markRequestAsSent(toDevice.id, toDevice.type, '{}');
    }
    const type = message.type ?? 'm.room.message';
    const content = await this.machine.encryptRoomEvent(new RoomId(room), type, JSON.stringify(message.content));
    this.#sent += 1;
    return {
      event_id: `$${this.device}${this.#sent}`,
      type: 'm.room.encrypted',
      sender: this.user,
      origin_server_ts: Date.now(),
      content: JSON.parse(content) as Record<string, unknown>,
    };
  }

  /** The content of an encrypted event; throws what the crypto library throws. */
  async decrypt(event: MatrixEvent, room: string): Promise<Record<string, unknown>> {
    await this.settle();
    const settings = new DecryptionSettings(TrustRequirement.Untrusted);
    const decrypted = await this.machine.decryptRoomEvent(JSON.stringify(event), new RoomId(room), settings);
    return (JSON.parse(decrypted.event) as { content: Record<string, unknown> }).content;
  }

  /** Somebody else's identity (its public master key), and whether it has signed this device of theirs, as the server shows both now. */
  async look(user: string, device: string): Promise<{ masterKey: string | undefined; isSigned: boolean }> {
    await this.#perform(this.machine.queryKeysForUsers([new UserId(user)]) as CryptoRequest);
    const identity = await this.machine.getIdentity(new UserId(user));
    const found = await this.machine.getDevice(new UserId(user), new DeviceId(device));
    return {
      masterKey: identity instanceof OtherUserIdentity ? masterKeyOf(identity) : undefined,
      isSigned: found?.isCrossSignedByOwner() ?? false,
    };
  }

  async #perform(request: CryptoRequest): Promise<void> {
    const sendRoomEvent = () => Promise.reject(new Error('a peer sends no verification'));
    await performCryptoRequest(this.machine, request, { homeserver: this.#homeserver, sendRoomEvent });
  }
}
