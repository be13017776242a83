import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { VisibleMessage } from '../lab/conversation.ts';
import { FamilyClient, type FileToSend } from '../lab/family-client.ts';
import { BOT, Household, type HouseholdPerson, type ProductProcess, passwordOf } from '../lab/household.ts';
import { listRooms, type RawEvent, readRoom } from '../lab/reader.ts';
import { type Synapse, type SynapseOptions, startSynapse } from '../lab/synapse.ts';
import { PATIENCE_MS } from '../patience.ts';

/** What differs between the houses of the test files. */
export interface HouseOptions {
  readonly people?: readonly HouseholdPerson[];
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly synapse?: Partial<SynapseOptions>;
  /** Lift the homeserver's limits for the bot, as set-up does. Default true. */
  readonly lifted?: boolean;
  /** Give the bot the right over accounts. Default false. */
  readonly seesToAccounts?: boolean;
}

/** An admin who speaks English and a member who speaks German. */
const FAMILY: readonly HouseholdPerson[] = [
  { local: 'ada', role: 'admin' },
  { local: 'ben', language: 'de' },
];

/** A homeserver, an installation of the product with its bot running, and the people who write to it. One per test file. */
export class House {
  readonly synapse: Synapse;
  readonly home: Household;
  bot: ProductProcess;
  readonly chats: Chat[] = [];

  private constructor(synapse: Synapse, home: Household) {
    this.synapse = synapse;
    this.home = home;
    this.bot = home.startBot();
  }

  static async open(options: HouseOptions = {}): Promise<House> {
    const synapse = await startSynapse({ rateLimits: 'lifted', ...options.synapse });
    try {
      const { settings = {}, lifted = true, people = FAMILY, seesToAccounts = false } = options;
      const homeserver = seesToAccounts ? { homeserver: { adminTokenFile: './admin-token' } } : {};
      const home = await Household.prepare({ synapse, people, settings: { ...homeserver, ...settings }, lifted });
      if (seesToAccounts)
        writeFileSync(join(home.dir, 'admin-token'), (await synapse.admin()).accessToken, { mode: 0o600 });
      return new House(synapse, home);
    } catch (error) {
      await synapse.stop();
      throw error;
    }
  }

  /** Logs a person's device in; cross-signed unless told otherwise. Register strangers first. */
  async login(
    local: string,
    more: { crossSigned?: boolean; recoveryKey?: string; strict?: boolean } = {},
  ): Promise<FamilyClient> {
    const account = { homeserver: this.synapse.baseUrl, user: local, password: passwordOf(local) };
    return this.home.adopt(await FamilyClient.login({ ...account, crossSigned: true, ...more }));
  }

  /** Opens an encrypted direct chat with the bot and waits for its greeting (or, later, for its joining). */
  async openChat(client: FamilyClient): Promise<Chat> {
    const chat = new Chat(this, client, await client.openChatWith(BOT, { encrypted: true }));
    await client.awaitMembership(chat.room, BOT, 'join');
    this.chats.push(chat);
    return chat;
  }

  /** Waits for the invitation into the ops room and joins it. */
  async enterOpsRoom(admin: FamilyClient): Promise<Chat> {
    const room = await admin.nextInvite({ from: BOT });
    await admin.join(room);
    return new Chat(this, admin, room);
  }

  /** Ends the bot cleanly and starts it again on the same state. */
  async restartBot(): Promise<void> {
    expect(await this.bot.stop()).toEqual({ code: 0, signal: null });
    this.bot = this.home.startBot();
  }

  /** Ends everything. Safe after a failed `open`. */
  async close(): Promise<void> {
    await this.home.close();
    await this.synapse.stop();
  }

  /**
   * Reads the homeserver as its administrator does and expects: in no room that is encrypted did the bot write a message
   * in the clear after encryption began, and it did write into encrypted rooms.
   */
  async expectNothingPlain(): Promise<void> {
    let encrypted = 0;
    for (const { room_id: room } of await listRooms(this.synapse)) {
      const events = await readRoom(this.synapse, room);
      const start = events.findIndex((event) => event.type === 'm.room.encryption');
      if (start === -1) continue;
      const after = events.slice(start).filter(isFromBot);
      expect(after.filter(isReadable)).toEqual([]);
      encrypted += after.filter((event) => event.type === 'm.room.encrypted').length;
    }
    expect(encrypted).toBeGreaterThan(0);
  }

  /** Expects of every chat that was opened: the person could read all that the bot wrote, and nothing was answered twice. */
  async expectAllReadOnce(): Promise<void> {
    for (const { client, room } of this.chats) {
      const events = (await readRoom(this.synapse, room)).filter(isFromBot);
      const isRead = (event: RawEvent) =>
        client.sdk.getRoom(room)?.findEventById(event.event_id)?.isDecryptionFailure() === false;
      await client.until('everything that the bot wrote', () => events.every(isRead));
      expect(answeredTwice(client.messages(room))).toEqual([]);
    }
  }
}

/** One person's chat with the bot, or an admin's ops room. */
export class Chat {
  readonly house: House;
  readonly client: FamilyClient;
  readonly room: string;

  constructor(house: House, client: FamilyClient, room: string) {
    this.house = house;
    this.client = client;
    this.room = room;
  }

  /** Sends a text and waits for the bot's reply to it (the state of it that fits `matching`). */
  async ask(text: string, matching?: RegExp): Promise<VisibleMessage> {
    return this.replyTo(await this.client.say(this.room, text), matching);
  }

  /** Sends a file and waits for the bot's reply to it; by default the one that says how it ended. */
  async send(
    file: FileToSend,
    matching = /is document|ist Dokument|could not keep|konnte ich nicht/i,
  ): Promise<VisibleMessage> {
    return this.replyTo(await this.client.sendFile(this.room, file), matching);
  }

  /** Waits for the reply to an event, wherever it stands among other messages; edits count as they are shown. */
  async replyTo(event: string, matching = /./s, timeoutMs = PATIENCE_MS): Promise<VisibleMessage> {
    const found = () => this.fromBot().find((message) => repliesTo(message, event) && matching.test(message.text));
    await this.until(`a reply matching ${matching}`, () => found() !== undefined, timeoutMs);
    return found()!;
  }

  /** What the bot has written until now about an event, as a reply or otherwise; but for the notice about a late key, which a busy machine causes. */
  about(event: string): VisibleMessage[] {
    return this.fromBot().filter((message) => isNoLateKey(message) && JSON.stringify(message.content).includes(event));
  }

  /** Waits until the bot has written something that fits, whether it replies to an event or not, early or late. */
  async sees(matching: RegExp, timeoutMs = PATIENCE_MS): Promise<VisibleMessage> {
    const found = () => this.all(matching)[0];
    await this.until(`a message matching ${matching}`, () => found() !== undefined, timeoutMs);
    return found()!;
  }

  /** What the bot has written until now that fits. */
  all(matching: RegExp): VisibleMessage[] {
    return this.fromBot().filter(({ text }) => matching.test(text));
  }

  /** Waits until `check` holds for what is on the screen. */
  async until(what: string, check: () => boolean, timeoutMs?: number): Promise<void> {
    const checkBot = () => {
      if (check()) return true;
      if (this.house.bot.child.exitCode !== null) throw new Error(`the bot ended while somebody waited for ${what}`);
      return false;
    };
    try {
      await this.client.until(what, checkBot, timeoutMs);
    } catch (error) {
      throw this.explained(error);
    }
  }

  /** What the bot has written, as the person sees it now. */
  fromBot(): VisibleMessage[] {
    return this.client.messages(this.room).filter((message) => message.sender === BOT);
  }

  private explained(error: unknown): Error {
    const seen = this.fromBot().map((message) => `  ${message.text.slice(0, 120).replaceAll('\n', ' / ')}`);
    return new Error(
      [
        (error as Error).message,
        'The bot wrote in this room:',
        ...seen.slice(-10),
        'Its log ends with:',
        this.house.bot.output().slice(-1500),
      ].join('\n'),
    );
  }
}

/** Whether a message stands as a reply to an event. */
export function repliesTo({ content }: Pick<VisibleMessage, 'content'>, event: string): boolean {
  const relation = content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined;
  return relation?.['m.in_reply_to']?.event_id === event;
}

/** A plain text file as people attach it. */
export function textFile(name: string, text: string, caption?: string): FileToSend {
  return { name, bytes: Buffer.from(text), mime: 'text/plain', ...(caption === undefined ? {} : { caption }) };
}

/** Events that have more than one reply of the bot's; the notice about a late key is none. */
function answeredTwice(messages: readonly VisibleMessage[]): string[] {
  const counts = new Map<string, number>();
  for (const message of messages) {
    const relation = message.content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined;
    const event = relation?.['m.in_reply_to']?.event_id;
    if (message.sender !== BOT || event === undefined || !isNoLateKey(message)) continue;
    counts.set(event, (counts.get(event) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([event]) => event);
}

function isNoLateKey({ text }: VisibleMessage): boolean {
  return !/^I can't open your last message|^Deine letzte Nachricht/.test(text);
}

function isFromBot(event: RawEvent): boolean {
  return event.sender === BOT && event.state_key === undefined;
}

function isReadable(event: RawEvent): boolean {
  // A redaction and a receipt of what is said in the verification of keys carry no words.
  return event.type !== 'm.room.encrypted' && event.type !== 'm.room.redaction';
}
