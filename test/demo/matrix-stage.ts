import { BOT } from '../lab/household.ts';
import type { Paper } from './documents/papers.ts';
import { logTail, type MatrixHome } from './matrix-home.ts';
import { type Actor, PEOPLE, type Stage } from './stage.ts';

const HANDED_OVER = [/This is the ops room/, /recovery key for Matrix/, /recovery code for everything/];
/** Whatever the bot shows while it works ends with an ellipsis. */
const FINISHED = /[^…\s]\s*$/;
const GREETING = /\*?\*?(Hello|Hallo)!/;

/** The afternoon in encrypted chats: real clients on a real homeserver. */
export class MatrixStage implements Stage {
  readonly kind = 'matrix';
  readonly modelsDecide: boolean;
  readonly #home: MatrixHome;
  readonly #patienceMs: number;
  readonly #rooms = new Map<Actor, string>();
  readonly #files = new Map<string, string>();
  #opsRoom = '';

  /** `patienceMs`: how long an answer may take; a language model on a small machine needs minutes. */
  constructor(home: MatrixHome, models: { patienceMs: number; decide: boolean }) {
    this.#home = home;
    this.#patienceMs = models.patienceMs;
    this.modelsDecide = models.decide;
  }

  placeOf(where: Actor | 'ops room'): string {
    return where === 'ops room' ? 'ops room, encrypted' : `${PEOPLE[where].name} and Kin, encrypted`;
  }

  async findHandover(): Promise<string[]> {
    const { ada } = this.#home.clients;
    this.#opsRoom = await ada.nextInvite({ from: BOT });
    await ada.join(this.#opsRoom);
    const messages = () => ada.messages(this.#opsRoom).filter(({ sender }) => sender === BOT);
    const text = () => messages().map((message) => message.text);
    await ada.until('what the bot hands over', () => HANDED_OVER.every((part) => text().some((one) => part.test(one))));
    return HANDED_OVER.map((part) => text().find((one) => part.test(one))!);
  }

  async meet(actor: Actor): Promise<string> {
    const client = this.#home.clients[actor];
    const room = await client.openChatWith(BOT, { encrypted: true });
    this.#rooms.set(actor, room);
    const { text } = await client.nextMessage(room, { from: BOT, matching: GREETING });
    return text;
  }

  async ask(actor: Actor, question: string): Promise<string> {
    return this.#answerTo(actor, FINISHED, async (room) => {
      await this.#home.clients[actor].say(room, question);
    });
  }

  async send(actor: Actor, paper: Paper, wish: RegExp): Promise<string> {
    return this.#answerTo(actor, wish, async (room) => {
      this.#files.set(paper.name, await this.#home.clients[actor].sendFile(room, paper));
    });
  }

  async takeBack(actor: Actor, paper: Paper, wish: RegExp): Promise<string> {
    return this.#answerTo(actor, wish, (room) => this.#home.clients[actor].redact(room, this.#files.get(paper.name)!));
  }

  async knock(actor: Actor): Promise<{ stranger: string; admin: string }> {
    const { ada } = this.#home.clients;
    const stranger = this.#home.clients[actor];
    ada.skipMessages(this.#opsRoom);
    const room = await stranger.openChatWith(BOT, { encrypted: true });
    await stranger.awaitMembership(room, BOT, 'leave');
    const alert = await ada.nextMessage(this.#opsRoom, { from: BOT, matching: /strangers/ });
    return { stranger: 'Kin declined the invitation.', admin: alert.text };
  }

  async command(text: string, wish: RegExp): Promise<string> {
    const { ada } = this.#home.clients;
    ada.skipMessages(this.#opsRoom);
    await ada.say(this.#opsRoom, text);
    return (await ada.nextMessage(this.#opsRoom, { from: BOT, matching: wish, timeoutMs: this.#patienceMs })).text;
  }

  seenBy(actor: Actor): string[] {
    const messages = this.#home.clients[actor].messages(this.#rooms.get(actor)!);
    return messages.flatMap(({ sender, text, edits }) =>
      sender === BOT ? [text, ...edits.map((edit) => edit.text)] : [],
    );
  }

  logTail(): string {
    return logTail(this.#home.bot);
  }

  async #answerTo(actor: Actor, wish: RegExp, act: (room: string) => Promise<void>): Promise<string> {
    const client = this.#home.clients[actor];
    const room = this.#rooms.get(actor)!;
    client.skipMessages(room);
    await act(room);
    const answer = await client.nextMessage(room, { from: BOT, matching: wish, timeoutMs: this.#patienceMs });
    return answer.text;
  }
}
