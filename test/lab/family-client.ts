import { setTimeout as sleep } from 'node:timers/promises';
import {
  ClientEvent,
  EventType,
  type MatrixClient,
  type MatrixEvent,
  MatrixEventEvent,
  RelationType,
  type Room,
  type StateEvents,
  type TimelineEvents,
} from 'matrix-js-sdk';
import {
  CryptoEvent,
  OnlySignedDevicesIsolationMode,
  type VerificationRequest,
} from 'matrix-js-sdk/lib/crypto-api/index.js';
import { PATIENCE_MS } from '../patience.ts';
import { callJson } from './call-json.ts';
import { Conversation, type MessageWish, type VisibleMessage } from './conversation.ts';
import { decryptAttachment, type EncryptedFile, encryptAttachment } from './family/attachment.ts';
import { ENCRYPTION, encryptedDirectRoom, plainDirectRoom } from './family/direct-rooms.ts';
import { FamilyNetwork } from './family/network.ts';
import { type DeviceLogin, type SdkSession, startSession } from './family/sdk-session.ts';
import { seenEvent } from './family/seen-event.ts';
import { answerVerification, type Emojis, finishStartedVerification } from './family/verification.ts';

/** A file as a person attaches it. */
export interface FileToSend {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly mime: string;
  readonly caption?: string;
  /** What the message claims its size to be, in bytes; the true size unless given. */
  readonly declaredSize?: number;
}

/** One device of one family member: matrix-js-sdk, which Element is built on, with its crypto in memory. */
export class FamilyClient {
  /** The SDK's client, for what has no method here (typing, receipts, state). */
  readonly sdk: MatrixClient;
  readonly userId: string;
  readonly deviceId: string;
  /** Set on the first cross-signed device; given to `login`, it signs a second one. */
  readonly recoveryKey: string | undefined;
  private readonly network: FamilyNetwork;
  private readonly conversation: Conversation;
  private readonly verificationRequests: VerificationRequest[] = [];

  private constructor(session: SdkSession, network: FamilyNetwork) {
    this.sdk = session.sdk;
    this.network = network;
    this.recoveryKey = session.recoveryKey;
    this.userId = session.sdk.getSafeUserId();
    this.deviceId = session.sdk.getDeviceId()!;
    this.conversation = new Conversation(this.userId, session.complaints);
    this.sdk.on(ClientEvent.Event, (event) => void this.take(event));
    this.sdk.on(CryptoEvent.VerificationRequestReceived, (request) => this.verificationRequests.push(request));
  }

  /** Logs in a new device and starts it. `strict`: it trusts and serves only cross-signed devices, as future Element does. */
  static async login(login: DeviceLogin & { strict?: boolean }): Promise<FamilyClient> {
    const network = new FamilyNetwork();
    const session = await startSession(login, network);
    if (login.strict === true) session.sdk.getCrypto()!.setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
    return new FamilyClient(session, network);
  }

  /** Opens a direct chat the way Element does. Returns the room id; the other side is invited, not yet joined. */
  async openChatWith(userId: string, options: { encrypted: boolean }): Promise<string> {
    const { room_id: roomId } = await this.sdk.createRoom({
      ...(options.encrypted ? encryptedDirectRoom() : plainDirectRoom()),
      invite: [userId],
      is_direct: true,
    });
    const room = await this.known(roomId);
    if (options.encrypted) await this.until(`encryption in ${roomId}`, () => room.hasEncryptionStateEvent());
    const direct = this.sdk.getAccountData(EventType.Direct)?.getContent() ?? {};
    const rooms = [...(direct[userId] ?? []), roomId];
    await this.sdk.setAccountData(EventType.Direct, { ...direct, [userId]: rooms });
    return roomId;
  }

  /** Sends a text message; encrypted when the room is. Returns the event id. */
  say(roomId: string, text: string): Promise<string> {
    return this.send(roomId, { msgtype: 'm.text', body: text });
  }

  /** Sends any message content (replies, mentions, notices). Returns the event id. */
  async send(roomId: string, content: Record<string, unknown>): Promise<string> {
    await this.known(roomId);
    return (await this.sdk.sendMessage(roomId, content as unknown as TimelineEvents[EventType.RoomMessage])).event_id;
  }

  /** Attaches a file; in an encrypted room it is encrypted before the upload. Returns the event id. */
  async sendFile(roomId: string, file: FileToSend): Promise<string> {
    const room = await this.known(roomId);
    const kind = /^(image|audio|video)\//.exec(file.mime)?.[1] ?? 'file';
    const about = {
      msgtype: `m.${kind}`,
      body: file.caption ?? file.name,
      filename: file.name,
      info: { mimetype: file.mime, size: file.declaredSize ?? file.bytes.length },
    };
    if (!room.hasEncryptionStateEvent())
      return this.send(roomId, { ...about, url: await this.upload(file.bytes, file.mime) });
    const { ciphertext, file: keys } = encryptAttachment(file.bytes);
    const url = await this.upload(ciphertext, 'application/octet-stream');
    return this.send(roomId, { ...about, file: { ...keys, url } });
  }

  private async upload(bytes: Uint8Array, type: string): Promise<string> {
    const body = new Blob([new Uint8Array(bytes)], { type });
    return (await this.sdk.uploadContent(body, { type, includeFilename: false })).content_uri;
  }

  /** Changes the text of an own message. Returns the edit's event id. */
  edit(roomId: string, eventId: string, text: string): Promise<string> {
    return this.send(roomId, {
      msgtype: 'm.text',
      body: `* ${text}`,
      'm.new_content': { msgtype: 'm.text', body: text },
      'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
    });
  }

  /** Reacts to a message; reactions go in the clear, also in encrypted rooms. Returns the event id. */
  async react(roomId: string, eventId: string, key: string): Promise<string> {
    const content = { 'm.relates_to': { rel_type: RelationType.Annotation, event_id: eventId, key } } as const;
    return (await this.sdk.sendEvent(roomId, EventType.Reaction, content)).event_id;
  }

  async redact(roomId: string, eventId: string): Promise<void> {
    await this.sdk.redactEvent(roomId, eventId);
  }

  /** Switches encryption on in a room that had none; it cannot be switched off again. */
  async enableEncryption(roomId: string): Promise<void> {
    const room = await this.known(roomId);
    await this.sdk.sendStateEvent(
      roomId,
      EventType.RoomEncryption,
      ENCRYPTION as StateEvents[EventType.RoomEncryption],
    );
    await this.until(`encryption in ${roomId}`, () => room.hasEncryptionStateEvent());
  }

  async invite(roomId: string, userId: string): Promise<void> {
    await this.sdk.invite(roomId, userId);
  }

  async join(roomId: string): Promise<void> {
    await this.sdk.joinRoom(roomId);
    await this.known(roomId);
  }

  async leave(roomId: string): Promise<void> {
    await this.sdk.leave(roomId);
  }

  /** Waits for an invitation (from `from`, when given) and returns the room's id; a second call skips rooms joined since. */
  async nextInvite(options: { from?: string; timeoutMs?: number } = {}): Promise<string> {
    const invited = () =>
      this.sdk.getRooms().find((room) => {
        if (room.getMyMembership() !== 'invite') return false;
        return options.from === undefined || room.getMember(this.userId)?.events.member?.getSender() === options.from;
      });
    await this.until(
      `an invitation from ${options.from ?? 'anyone'}`,
      () => invited() !== undefined,
      options.timeoutMs,
    );
    return invited()!.roomId;
  }

  /** Waits until `userId` has the given membership in the room, as this client sees it. */
  async awaitMembership(roomId: string, userId: string, membership: string, timeoutMs?: number): Promise<void> {
    const now = () => this.sdk.getRoom(roomId)?.getMember(userId)?.membership;
    await this.until(`${userId} to be "${membership}" in ${roomId}`, () => now() === membership, timeoutMs);
  }

  /** See Conversation.next. */
  nextMessage(roomId: string, wish: MessageWish = {}): Promise<VisibleMessage> {
    return this.conversation.next(roomId, wish);
  }

  /** `nextMessage` starts with what comes from here on. */
  skipMessages(roomId: string): void {
    this.conversation.skip(roomId);
  }

  /** All messages this device has seen in the room, as a person sees them. */
  messages(roomId: string): VisibleMessage[] {
    return this.conversation.messages(roomId);
  }

  /** The bytes of a message's attachment, hash checked and decrypted. */
  async download(message: Pick<VisibleMessage, 'content'>): Promise<Buffer> {
    const file = message.content.file as EncryptedFile | undefined;
    const url = file?.url ?? String(message.content.url);
    const path = url.replace('mxc://', '/_matrix/client/v1/media/download/');
    const response = await this.network.fetch(`${this.sdk.baseUrl}${path}`, {
      headers: { authorization: `Bearer ${this.sdk.getAccessToken()}` },
    });
    if (!response.ok) throw new Error(`download of ${url}: ${response.status} ${await response.text()}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return file === undefined ? Buffer.from(bytes) : decryptAttachment(bytes, file);
  }

  /**
   * Starts an emoji verification with another person (in `roomId`, or to-device when none is given) and confirms that the
   * emojis match. Returns them. The other side must take part.
   */
  async verify(userId: string, options: { roomId?: string; timeoutMs?: number } = {}): Promise<Emojis> {
    const crypto = this.sdk.getCrypto()!;
    const devices = await this.devicesOf(userId);
    const request =
      options.roomId === undefined
        ? await crypto.requestDeviceVerification(userId, devices[0]!)
        : await crypto.requestVerificationDM(userId, options.roomId);
    const emojis = await finishStartedVerification(request, options.timeoutMs ?? PATIENCE_MS);
    await this.until(`the signature on ${userId}`, () => this.trusts(userId));
    return emojis;
  }

  /** Waits for a verification request from someone else, accepts it and confirms that the emojis match. */
  async answerVerification(timeoutMs = PATIENCE_MS): Promise<Emojis> {
    await this.until('a verification request', () => this.verificationRequests.length > 0, timeoutMs);
    const request = this.verificationRequests.shift()!;
    const emojis = await answerVerification(request, timeoutMs);
    await this.until(`the signature on ${request.otherUserId}`, () => this.trusts(request.otherUserId));
    return emojis;
  }

  /** Whether this device trusts the person's identity after an emoji verification. */
  async trusts(userId: string): Promise<boolean> {
    return (await this.sdk.getCrypto()!.getUserVerificationStatus(userId)).isCrossSigningVerified();
  }

  /** Each device of a person with whom an encrypted room is shared, and whether its owner has cross-signed it. */
  async deviceTrust(userId: string): Promise<{ deviceId: string; crossSigned: boolean; verified: boolean }[]> {
    const crypto = this.sdk.getCrypto()!;
    const trust = (await this.devicesOf(userId)).map(async (deviceId) => {
      const status = await crypto.getDeviceVerificationStatus(userId, deviceId);
      return { deviceId, crossSigned: status?.signedByOwner === true, verified: status?.crossSigningVerified === true };
    });
    return Promise.all(trust);
  }

  /** Waits until this device knows a new device of a person; a message sent before that would not be readable there. */
  async awaitDevice(userId: string, deviceId: string, timeoutMs?: number): Promise<void> {
    const known = async () => (await this.devicesOf(userId)).includes(deviceId);
    await this.until(`device ${deviceId} of ${userId}`, known, timeoutMs);
  }

  private async devicesOf(userId: string): Promise<string[]> {
    const devices = await this.sdk.getCrypto()!.getUserDeviceInfo([userId], true);
    return [...(devices.get(userId)?.keys() ?? [])];
  }

  /**
   * From now on this device's messages in the room use a new key that `userId` does not get. The returned function delivers
   * it at last, and how many to-device requests that took.
   */
  async withholdRoomKey(roomId: string, userId: string): Promise<() => Promise<number>> {
    await this.sdk.getCrypto()!.forceDiscardSession(roomId);
    this.network.withhold(userId);
    return () => this.network.deliver(userId);
  }

  /** This device stays signed in, but is switched off until the returned function is called: it asks nothing of the homeserver. */
  switchOff(): () => void {
    return this.network.leave();
  }

  /**
   * Ends the sync and frees the crypto machine. The device stays on the account; `logOut` removes it first. The SDK leaves request
   * timers behind that keep a process alive for up to two minutes: a script ends itself with process.exit.
   */
  async stop(options: { logOut?: boolean } = {}): Promise<void> {
    if (options.logOut === true) {
      const accessToken = this.sdk.getAccessToken()!;
      await callJson(`${this.sdk.baseUrl}/_matrix/client/v3/logout`, { method: 'POST', accessToken, body: {} });
    }
    this.sdk.stopClient();
  }

  /** Polls until `check` holds; the error names `what`. */
  async until(what: string, check: () => boolean | Promise<boolean>, timeoutMs = PATIENCE_MS): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await check())) {
      if (Date.now() > deadline) throw new Error(`${this.userId} waited ${timeoutMs} ms for ${what}`);
      await sleep(20);
    }
  }

  private async known(roomId: string): Promise<Room> {
    await this.until(`room ${roomId}`, () => this.sdk.getRoom(roomId)?.getMyMembership() === 'join');
    return this.sdk.getRoom(roomId)!;
  }

  private async take(event: MatrixEvent): Promise<void> {
    if (event.getRoomId() === undefined || event.getId() === undefined) return;
    if (event.isEncrypted()) {
      event.on(MatrixEventEvent.Decrypted, () => this.conversation.add(seenEvent(event)));
      await this.sdk.decryptEventIfNeeded(event).catch(() => undefined);
      if (event.isBeingDecrypted()) return;
    }
    this.conversation.add(seenEvent(event));
  }
}
