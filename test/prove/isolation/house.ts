import { answerText } from '../../../bot/answer-text.ts';
import { ApiDesk } from '../../../bot/api/api-desk.ts';
import { startApiServer } from '../../../bot/api/api-server.ts';
import { proxyList } from '../../../bot/api/client-address.ts';
import { runCommand } from '../../../bot/commands/run-command.ts';
import type { CommandServices } from '../../../bot/commands/services.ts';
import { removeFromFamilies } from '../../../bot/erase/family-traces.ts';
import { Lane } from '../../../bot/lane.ts';
import { lentStores } from '../../../bot/lent-stores.ts';
import { familyMembership } from '../../../bot/room-kind.ts';
import { answerQuestion } from '../../../core/ask/answer-question.ts';
import { gramsOf } from '../../../core/ask/grams.ts';
import type { Caller, TenantId } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { AppError, errorCode } from '../../../core/errors.ts';
import { indexWords } from '../../../core/ingest/index-words.ts';
import { prepareDocument } from '../../../core/ingest/prepare-document.ts';
import { KDF_FOR_TESTS_ONLY } from '../../../core/keys/passphrase-key.ts';
import { createLogger } from '../../../core/log.ts';
import type { QdrantIndex } from '../../../core/qdrant/qdrant-index.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { rotateMasterKey } from '../../../core/sqlite/rotate-master-key.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import type { Vault } from '../../../core/tenant.ts';
import { writeSealedZip } from '../../../core/zipjs/sealed-zip.ts';
import { BOT, PEOPLE, type Spot, type World } from './world.ts';

const MOST_TRIES = 5;
export const PASSPHRASE = 'a passphrase for the campaign';
const vectors = loadTokenVectors();
/** Makes the word indexes of passages as the product does. */
export const wordsOf = indexWords({ encoder: vectors, gramsOf });

/** Something that was said to somebody who did not ask. */
export interface Told {
  readonly person: string;
  readonly text: string;
}

/** An index elsewhere for a state, and the vault that keeps it up to date. */
export type Indexed = { readonly vault: Vault; readonly search: QdrantIndex };

/** The product of a world, from the state folder up to what people read. */
export class House {
  readonly #world: World;
  readonly #stateDir: string;
  readonly told: Told[] = [];
  state!: OpenState;
  vault!: Vault;
  #search: QdrantIndex | undefined;
  #api: (AsyncDisposable & { readonly port: number }) | undefined;
  #ending = new AbortController();
  /** Keys of the HTTP API, also of who is gone. */
  readonly keys = new Map<string, string>();

  constructor(world: World, stateDir: string) {
    this.#world = world;
    this.#stateDir = stateDir;
  }

  async open(indexed?: (state: OpenState) => Indexed): Promise<void> {
    this.state = await openState({
      ...{ stateDir: this.#stateDir, passphrase: PASSPHRASE, create: true },
      ...{ clock: () => this.#world.now, kdf: KDF_FOR_TESTS_ONLY },
    });
    const { control, rooms: families } = this.state;
    for (const id of PEOPLE) control.people.add({ id, role: id === PEOPLE[0] ? 'admin' : 'member', language: 'en' });
    const kinds = { own: BOT, rooms: this.#world, people: control.people, families, opsRoom: () => undefined };
    families.askMembership(familyMembership(kinds));
    const index = indexed?.(this.state);
    this.vault = index?.vault ?? this.state.vault;
    this.#search = index?.search;
    this.#ending = new AbortController();
    this.#api = await this.#openApi();
  }

  /** What an erasure does in the stores of people and rooms, and in the index. */
  async erase(id: string): Promise<void> {
    const { control, erasing, shares, rooms, vault } = this.state;
    const { id: person, tenant } = control.people.find(id)!;
    const wish = { kind: 'person', cause: 'self', language: 'en', dueAt: this.#world.now } as const;
    const erasure = erasing.book.plan({ ...wish, person, tenant });
    control.people.remove(id);
    shares.endAllOf(id);
    removeFromFamilies({ vault, people: control.people, families: rooms }, id, { rooms: [], events: [] });
    erasing.shred(tenant);
    await this.#indexForgets();
    erasing.bury(erasure, this.#world.now);
  }

  /** Gives a tenant a new key. False when the tenant ended before. */
  async changeKey(tenant: TenantId): Promise<boolean> {
    const change = await this.state.keys.rotate(tenant);
    if (change) this.#search?.keyChanged(tenant);
    return change !== undefined;
  }

  /** A new master key; the house has to be closed. */
  async changeMasterKey(): Promise<void> {
    const [at, confirmed] = [this.#world.now, async () => true];
    await rotateMasterKey({ stateDir: this.#stateDir, passphrase: PASSPHRASE, at, confirmed });
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#api?.[Symbol.asyncDispose]();
    this.state[Symbol.dispose]();
  }

  /** What the HTTP API answers to somebody's key, over a real connection: status and body. */
  async request(key: string, path: string, init: RequestInit = {}): Promise<{ status: number; text: string }> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(`http://127.0.0.1:${this.#api!.port}${path}`, { ...init, headers });
    return { status: response.status, text: await response.text() };
  }

  #openApi(): Promise<AsyncDisposable & { readonly port: number }> {
    const { control } = this.state;
    const clock = () => this.#world.now;
    const log = createLogger({ name: 'api', level: 'silent' });
    const free = { burst: 1e9, perMinute: 1e9 };
    const lanes = { questions: new Lane(2), files: new Lane(1), scans: new Lane(1), exports: new Lane(1) };
    const desk = new ApiDesk(
      {
        ...{ keys: control.apiKeys, people: control.people, alerts: control.alerts, lanes, clock },
        files: {
          ...{ vault: this.vault, encoder: vectors, gramsOf, prepare: prepareDocument, clock, onStored: undefined },
          limits: { fileBytes: 1000, pagesPerFile: 1, extractSeconds: 5 },
        },
        answering: (caller, question, more) => {
          const parts = { vault: this.vault, vectors, index: this.#search, lent: lentStores(this.state.shares) };
          return answerQuestion(caller, { ...question, at: clock() }, parts, { ...more, language: 'en' });
        },
        exporting: {
          ...{ vault: this.vault, people: control.people, audit: control.audit, alerts: control.alerts },
          ...{ version: '0', pack: writeSealedZip, botRecords: undefined },
        },
        counter: { answered: () => {}, kept: () => {} },
        ...{ tell: () => false, log },
      },
      this.#ending.signal,
    );
    return startApiServer(
      { host: '127.0.0.1', port: 0 },
      {
        ...{ backend: () => ({ lastContact: clock(), desk }), version: '0', fileBytes: 1000, clock },
        rates: { all: free, upload: free, read: free, ask: free, export: free, delete: free },
        guesses: { perAddress: 1e9, inAll: 1e9, alert: 1e9, windowMs: 1 },
        ...{ proxies: proxyList([]), log },
      },
    );
  }

  /** The caller of somebody where they stand; undefined when they may not be there. */
  callerAt({ person, room }: Spot): Caller | undefined {
    if (room === undefined) return this.state.control.people.callerFor(person);
    const caller = this.state.rooms.enter(room, person);
    if (caller) this.#world.entered.add(room);
    return caller;
  }

  /** What a command answers, or the error that would be put into words. */
  async command(spot: Spot, line: string): Promise<string> {
    const caller = this.callerAt(spot);
    if (!caller) return '';
    const [name = '', ...rest] = line.split(' ');
    const place = spot.room === undefined ? 'direct' : 'family';
    return spoken(async () => {
      const { text, attachment } = await runCommand({ name, args: rest.join(' '), place, caller }, this.#services());
      return attachment ? `${text} ${attachment.name} ${new TextDecoder().decode(attachment.bytes)}` : text;
    });
  }

  /** The answer to a question, as people read it and as the product holds it. */
  async ask(spot: Spot, text: string, event: string): Promise<string> {
    const caller = this.callerAt(spot);
    if (!caller) return '';
    return this.askAs(caller, text, event);
  }

  async askAs(caller: Caller, text: string, event: string): Promise<string> {
    const question = { text, room: '!chat', event, at: this.#world.now };
    const parts = { vault: this.vault, vectors, index: this.#search, lent: lentStores(this.state.shares) };
    return spoken(async () => {
      const answer = await answerQuestion(caller, question, parts, { language: 'en' });
      return `${JSON.stringify(answer)} ${answerText('en', answer, { question: text })}`;
    });
  }

  /** As the step of an erasure that is tried again: the index may be sending points of that very tenant. */
  async #indexForgets(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#search?.dropGone();
      } catch (thrown) {
        if (tries === MOST_TRIES || errorCode(thrown) !== 'unavailable') throw thrown;
      }
    }
  }

  #services(): CommandServices {
    const { people, audit } = this.state.control;
    return {
      ...{ vault: this.vault, shares: this.state.shares, people, audit, wordsOf, server: 'home.test' },
      clock: () => this.#world.now,
      models: () => ({ answering: null, embedding: null }),
      tellPerson: (person, { text }) => {
        this.told.push({ person, text: text('en') });
        return true;
      },
    } as Partial<CommandServices> as CommandServices;
  }
}

/** Refusals are answers too: their words and facts are looked at like all others. Anything else that is thrown is a fault. */
async function spoken(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === 'internal') throw thrown;
    return `refused: ${thrown.code} ${thrown.reason ?? ''} ${thrown.message} ${JSON.stringify(thrown.facts)}`;
  }
}
