import type { MessageWish, VisibleMessage } from '../lab/conversation.ts';
import { FamilyClient, type FileToSend } from '../lab/family-client.ts';
import { BOT, passwordOf } from '../lab/household.ts';
import { NioClient } from '../lab/nio-client.ts';
import type { Item } from './traffic.ts';

/** What both kinds of family client can do in their chat with the bot. */
interface Chat {
  say(room: string, text: string): Promise<string>;
  sendFile(room: string, file: FileToSend): Promise<string>;
  nextMessage(room: string, wish: MessageWish): Promise<VisibleMessage>;
  messages(room: string): VisibleMessage[];
  stop(): Promise<void>;
}

/** An item that reached the homeserver. */
export interface Sent {
  readonly item: Item;
  readonly eventId: string;
}

/** One person of a campaign: a direct chat with the bot, and everything that was sent in it. */
export class Member {
  readonly local: string;
  readonly room: string;
  /** The ops room, when this is the admin. */
  readonly opsRoom: string | undefined;
  readonly sent: Sent[] = [];
  readonly #chat: Chat;
  readonly #homeserver: string;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(
    { local, homeserver }: { local: string; homeserver: string },
    chat: Chat,
    rooms: { direct: string; ops?: string | undefined },
  ) {
    this.local = local;
    this.#homeserver = homeserver;
    this.room = rooms.direct;
    this.opsRoom = rooms.ops;
    this.#chat = chat;
  }

  /** Logs in, opens an encrypted chat with the running bot and waits for its greeting. `nio`: on the independent client. */
  static async join(local: string, options: { homeserver: string; nio: boolean; opsRoom: boolean }): Promise<Member> {
    const { homeserver, nio } = options;
    const login = { homeserver, user: local, password: passwordOf(local), crossSigned: true };
    if (nio) {
      const client = await NioClient.login({ ...login, user: `@${local}:home.test` });
      const room = await client.openChatWith(BOT);
      await client.awaitJoin(room, BOT);
      return Member.#greeted(new Member({ local, homeserver }, client, { direct: room }));
    }
    const client = await FamilyClient.login(login);
    const ops = options.opsRoom ? await client.nextInvite({ from: BOT }) : undefined;
    if (ops !== undefined) await client.join(ops);
    const direct = await client.openChatWith(BOT, { encrypted: true });
    return Member.#greeted(new Member({ local, homeserver }, client, { direct, ops }));
  }

  static async #greeted(member: Member): Promise<Member> {
    await member.#chat.nextMessage(member.room, { from: BOT });
    return member;
  }

  /**
   * Sends an item after all earlier ones of this person; resolves when the homeserver has it. `newKey`: under a new room
   * key, which the bot has to receive first (matrix-js-sdk clients only).
   */
  post(item: Item, { newKey = false } = {}): Promise<void> {
    const posted = this.#tail.then(async () => {
      if (newKey && this.#chat instanceof FamilyClient)
        await this.#chat.sdk.getCrypto()!.forceDiscardSession(this.room);
      const eventId =
        item.kind === 'file'
          ? await this.#chat.sendFile(this.room, item.file)
          : await this.#chat.say(this.room, item.text);
      this.sent.push({ item, eventId });
    });
    this.#tail = posted.catch(() => undefined);
    return posted;
  }

  /** Another signed device of this person logs in and out again, so that the bot has to share keys with it and to renew its own. */
  async visit(): Promise<void> {
    if (!(this.#chat instanceof FamilyClient) || this.#chat.recoveryKey === undefined) return;
    const { recoveryKey } = this.#chat;
    const login = { homeserver: this.#homeserver, user: this.local, password: passwordOf(this.local) };
    const guest = await FamilyClient.login({ ...login, crossSigned: true, recoveryKey });
    await guest.stop({ logOut: true });
  }

  /** Resolves when everything sent so far (or only the newest) has its finished answer on this person's screen; throws after the time. */
  async allAnswered(timeoutMs: number, { onlyNewest = false } = {}): Promise<void> {
    const awaited = onlyNewest ? this.sent.slice(-1) : this.sent;
    const open = new Map(awaited.map(({ item, eventId }) => [eventId, item.expects]));
    const shown = (message: VisibleMessage) => {
      const target = repliedTo(message);
      if (target !== undefined && open.get(target)?.test(message.text)) open.delete(target);
    };
    for (const message of this.messages()) shown(message);
    if (open.size === 0) return;
    const matching = (message: VisibleMessage) => {
      shown(message);
      return open.size === 0;
    };
    await this.#chat.nextMessage(this.room, { from: BOT, matching, timeoutMs });
  }

  /** All messages of the chat (or of another room) as this person sees them. */
  messages(room = this.room): VisibleMessage[] {
    return this.#chat.messages(room);
  }

  /** What the bot answered to the newest item; '' while it has not. */
  lastAnswer(): string {
    const newest = this.sent.at(-1)?.eventId;
    return this.messages().find((message) => message.sender === BOT && repliedTo(message) === newest)?.text ?? '';
  }

  stop(): Promise<void> {
    return this.#chat.stop();
  }
}

/** The event that a message answers; undefined when it stands alone. */
export function repliedTo({ content }: Pick<VisibleMessage, 'content'>): string | undefined {
  const relation = content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined;
  return relation?.['m.in_reply_to']?.event_id;
}
