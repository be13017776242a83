import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { systemClock } from '../../core/clock.ts';
import { migrate } from '../../core/sqlite/migrate.ts';
import { BOT_MIGRATIONS } from './bot-migrations.ts';
import { CryptoMachine } from './crypto-machine.ts';
import { type MatrixEvent, objectField, stringField } from './events.ts';
import type { Homeserver, Session } from './homeserver.ts';
import { Inbox, type InboxEvent } from './inbox.ts';
import { attachmentContent } from './media.ts';
import { messageContent } from './message-content.ts';
import { Outbox } from './outbox.ts';
import { RoomBook } from './room-book.ts';
import { runSyncLoop } from './sync-loop.ts';

/** A message as it stands now, after its edits. */
export interface GuestMessage {
  readonly event: string;
  readonly sender: string;
  readonly text: string;
}

/**
 * A person's client that lives as long as one conversation: its stores are in memory, its device is signed by an identity
 * of its own, and it ends by logging out. For trying a household out from its outside (bot/first-message.ts).
 */
export class GuestClient {
  readonly own: string;
  readonly #homeserver: Homeserver;
  readonly #crypto: CryptoMachine;
  readonly #inbox: Inbox;
  readonly #rooms: RoomBook;
  readonly #db: Database.Database;
  readonly #stop = new AbortController();
  readonly #messages = new Map<string, GuestMessage>();
  #looking: Promise<void> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();
  #failure: unknown;

  private constructor(
    parts: { readonly db: Database.Database; readonly session: Session; readonly homeserver: Homeserver },
    crypto: CryptoMachine,
    books: { readonly inbox: Inbox; readonly rooms: RoomBook },
  ) {
    this.own = parts.session.userId;
    this.#db = parts.db;
    this.#homeserver = parts.homeserver;
    this.#crypto = crypto;
    this.#inbox = books.inbox;
    this.#rooms = books.rooms;
  }

  /** Takes a new device and signs it with a new identity. Throws HomeserverError; AppError `conflict` for an account that has one already. */
  static async open(anonymous: Homeserver, session: Session): Promise<GuestClient> {
    const homeserver = anonymous.withSession(session);
    const db = new Database(':memory:');
    migrate(db, BOT_MIGRATIONS);
    const rooms = new RoomBook(db);
    const outbox = new Outbox(db, systemClock);
    const inbox = new Inbox(db, { own: session.userId, rooms, outbox, now: systemClock });
    let client: GuestClient | undefined;
    const crypto = await CryptoMachine.open({
      ...{ db, session, homeserver },
      onStoreFailure: (error) => client?.fail(error),
      onRoomKeys: () => client?.retry(),
      sendRoomEvent: () => Promise.reject(new Error('a guest verifies nobody')),
      seeIdentity: () => false,
    });
    client = new GuestClient({ db, session, homeserver }, crypto, { inbox, rooms });
    await crypto.ensureIdentity();
    client.#running = client.#run();
    return client;
  }

  /** Opens an encrypted direct chat and waits until the other one has joined it. */
  async openChatWith(person: string, signal: AbortSignal): Promise<string> {
    const room = await this.#homeserver.createRoom({
      preset: 'private_chat',
      visibility: 'private',
      is_direct: true,
      invite: [person],
      initial_state: [
        { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
        { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'joined' } },
      ],
    });
    await this.#until(() => this.#rooms.joinedMembers(room).includes(person), signal);
    return room;
  }

  /** Sends an encrypted text; its event id. */
  sendText(room: string, text: string): Promise<string> {
    return this.#send(room, messageContent(text, 'm.text'));
  }

  /** Sends an encrypted file; its event id. */
  async sendFile(room: string, file: { bytes: Uint8Array; name: string; mime: string }): Promise<string> {
    return this.#send(room, await attachmentContent(this.#homeserver, file));
  }

  /** Waits for a message of somebody else for which `isIt` holds, edits counted. Rejects when the signal aborts. */
  async awaitMessage(isIt: (message: GuestMessage) => boolean, signal: AbortSignal): Promise<GuestMessage> {
    const find = () => [...this.#messages.values()].find(isIt);
    await this.#until(() => find() !== undefined, signal);
    return find()!;
  }

  /** All messages of others so far, oldest first. */
  get messages(): readonly GuestMessage[] {
    return [...this.#messages.values()];
  }

  /** Logs out and forgets everything. */
  async close(): Promise<void> {
    await this.#homeserver.call('POST', '/client/v3/logout', { body: {} }).catch(() => undefined);
    this.#stop.abort();
    await this.#running;
    await this.#looking;
    await this.#crypto.close();
    this.#db.close();
  }

  /** Something went wrong for good: whoever waits hears of it. */
  fail(error: unknown): void {
    this.#failure ??= error;
  }

  /** Keys came: what could not be read is looked at again. */
  retry(): void {
    for (const { event } of this.#inbox.waiting()) this.#inbox.retry(event.event_id);
    this.#look();
  }

  async #run(): Promise<void> {
    const parts = {
      ...{ homeserver: this.#homeserver, inbox: this.#inbox, crypto: this.#crypto, now: systemClock },
      onDevices: () => undefined,
      onNews: () => this.#look(),
      onContact: () => undefined,
    };
    await runSyncLoop(parts, this.#stop.signal).catch((error: unknown) => this.fail(error));
  }

  #look(): void {
    this.#looking = this.#looking.then(() => this.#readOpen()).catch((error: unknown) => this.fail(error));
  }

  async #readOpen(): Promise<void> {
    for (let open = this.#inbox.open(100); open.length > 0 && !this.#stop.signal.aborted; open = this.#inbox.open(100))
      for (const item of open) await this.#read(item);
  }

  async #read({ event, room }: InboxEvent): Promise<void> {
    if (event.type !== 'm.room.encrypted') return this.#inbox.finish(event.event_id);
    const read = await this.#crypto.decrypt(event, room);
    if (read.kind === 'no-key') return this.#inbox.markWaiting(event.event_id);
    if (read.kind === 'ok' && read.type === 'm.room.message') this.#note(event, read.content);
    this.#inbox.finish(event.event_id);
  }

  /** An edit takes the place of what it edits. */
  #note(event: MatrixEvent, content: Record<string, unknown>): void {
    const relation = objectField(event.content, 'm.relates_to') ?? objectField(content, 'm.relates_to');
    const isEdit = relation?.rel_type === 'm.replace';
    const id = (isEdit && relation ? stringField(relation, 'event_id') : undefined) ?? event.event_id;
    const now = objectField(content, 'm.new_content') ?? content;
    const text = stringField(now, 'body') ?? '';
    this.#messages.set(id, { event: id, sender: event.sender, text });
  }

  async #send(room: string, content: Record<string, unknown>): Promise<string> {
    const readers = await this.#homeserver.joinedMembers(room);
    const sealed = await this.#crypto.encrypt(room, { type: 'm.room.message', content, for: readers });
    return this.#homeserver.send(room, 'm.room.encrypted', { transaction: randomUUID(), content: sealed });
  }

  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    while (!isSo()) {
      signal.throwIfAborted();
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
