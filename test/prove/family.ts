import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Household, type HouseholdPerson, type ProductProcess } from '../lab/household.ts';
import { type Synapse, startSynapse } from '../lab/synapse.ts';
import { PATIENCE_MS } from '../patience.ts';
import { Member } from './member.ts';
import { STORYTELLER_MODEL, type Storyteller, startStoryteller } from './storyteller.ts';
import type { Item, Traffic } from './traffic.ts';
import { readVerdict, type Verdict } from './verdict.ts';

/** What a campaign is asked to do. */
export interface CampaignOptions {
  readonly seed: number;
  /** 1: 200 messages and 20 files; 0.1: a tenth, with fewer people. */
  readonly scale: number;
  /** One of the people uses the independent client. */
  readonly nio: boolean;
  readonly say: (line: string) => void;
}

/** Messages that come with a new room key: without them, nearly all keys would be there before the first kill. */
const NEW_KEY_SHARE = 0.5;

/** A household whose members send numbered things to the bot, on a homeserver of its own. */
export class Family {
  readonly home: Household;
  readonly synapse: Synapse;
  readonly members: Member[] = [];
  readonly #storyteller: Storyteller;
  readonly #random: () => number;
  readonly #posts: Promise<void>[] = [];
  readonly #people: readonly HouseholdPerson[];
  #bot: ProductProcess | undefined;

  private constructor(
    parts: { home: Household; synapse: Synapse; storyteller: Storyteller; people: readonly HouseholdPerson[] },
    random: () => number,
  ) {
    this.home = parts.home;
    this.synapse = parts.synapse;
    this.#storyteller = parts.storyteller;
    this.#people = parts.people;
    this.#random = random;
  }

  /** Starts the homeserver and writes the installation; `botSees` is the address that the bot is given for it. */
  static async prepare(
    options: CampaignOptions,
    random: () => number,
    botSees: (baseUrl: string) => Promise<string> = async (url) => url,
  ): Promise<Family> {
    const [synapse, storyteller] = await Promise.all([startSynapse({ rateLimits: 'lifted' }), startStoryteller()]);
    const people: HouseholdPerson[] = [
      { local: 'ada', role: 'admin' },
      { local: 'ben', language: 'de' },
    ];
    if (options.scale >= 0.5) people.push({ local: 'cleo' });
    if (options.nio) people.push({ local: 'dora' });
    const home = await Household.prepare({
      synapse,
      people,
      homeserver: await botSees(synapse.baseUrl),
      settings: { answering: { kind: 'openai', url: storyteller.url, model: STORYTELLER_MODEL } },
    });
    return new Family({ home, synapse, storyteller, people }, random);
  }

  /** Starts the bot; one at a time. Its log is kept in the household's folder. */
  startBot(options: { nodeOptions?: readonly string[]; env?: Readonly<Record<string, string>> } = {}): ProductProcess {
    const bot = this.home.startBot(options);
    bot.child.stderr?.on('data', (text: string) => appendFileSync(this.logFile, text));
    this.#bot = bot;
    return bot;
  }

  get logFile(): string {
    return join(this.home.dir, 'bot.log');
  }

  /** Everybody opens a chat with the running bot and sends a first file, so that every question has something to answer from. */
  async gather(traffic: Traffic): Promise<void> {
    const homeserver = this.synapse.baseUrl;
    const joining = this.#people.map(({ local, role }) =>
      Member.join(local, { homeserver, nio: local === 'dora', opsRoom: role === 'admin' }),
    );
    this.members.push(...(await Promise.all(joining)));
    await Promise.all(this.members.map((member) => member.post(traffic.next('file'))));
    await this.allAnswered(PATIENCE_MS);
  }

  /** One of the people, by chance, sends an item after a while, often under a new room key. Whether it arrived is asked by `allPosted`. */
  post(item: Item, delayMs = 0): void {
    const member = this.#anyone();
    const newKey = this.#random() < NEW_KEY_SHARE;
    this.#await(sleep(delayMs).then(() => member.post(item, { newKey })));
  }

  /** Somebody logs in on another device, and out again. */
  visit(): void {
    this.#await(this.#anyone().visit());
  }

  #anyone(): Member {
    return this.members[Math.floor(this.#random() * this.members.length)]!;
  }

  /** A refusal is reported where it is awaited; until then it must not end the process. */
  #await(work: Promise<void>): void {
    work.catch(() => undefined);
    this.#posts.push(work);
  }

  /** Resolves when the homeserver has everything that was posted, and visitors are gone. */
  async allPosted(): Promise<void> {
    await Promise.all(this.#posts);
  }

  /** Resolves when everybody has all answers; throws when somebody has not after the time. */
  async allAnswered(timeoutMs: number): Promise<void> {
    await this.allPosted();
    await Promise.all(this.members.map((member) => member.allAnswered(timeoutMs)));
  }

  /** Waits for the last answers, asks for everybody's file list, and lets the readers count. Never throws for a missing answer: it is counted. */
  async judge(timeoutMs: number, number: number): Promise<Verdict> {
    await this.allPosted();
    await Promise.allSettled(this.members.map((member) => member.allAnswered(timeoutMs)));
    const ask: Item = { kind: 'command', number, text: '!files', expects: /!forget|!vergiss/ };
    await Promise.all(this.members.map((member) => member.post(ask)));
    await Promise.allSettled(this.members.map((member) => member.allAnswered(timeoutMs, { onlyNewest: true })));
    const lists = new Map<string, string>();
    for (const member of this.members) lists.set(member.local, member.lastAnswer());
    return readVerdict(this.home, this.members, lists);
  }

  /** Ends everything. `keep` leaves the folder with state and log for a look at what went wrong. */
  async close({ keep }: { keep: boolean }): Promise<void> {
    this.#bot?.child.kill('SIGKILL');
    await this.#bot?.ended;
    await Promise.all(this.members.map((member) => member.stop()));
    await this.#storyteller.stop();
    if (!keep) await this.home.close();
    await this.synapse.stop();
  }
}
