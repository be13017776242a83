import type { Answering } from '../../../bot/answering.ts';
import { ApiDesk } from '../../../bot/api/api-desk.ts';
import { startApiServer } from '../../../bot/api/api-server.ts';
import { proxyList } from '../../../bot/api/client-address.ts';
import { API_RATES, type ApiRates } from '../../../bot/api/guard.ts';
import { GUESS_LIMITS, type GuessLimits } from '../../../bot/api/guess-watch.ts';
import { Lane } from '../../../bot/lane.ts';
import { lentStores } from '../../../bot/lent-stores.ts';
import { API_SCOPES, type ApiScope } from '../../../core/api-key.ts';
import { answerQuestion } from '../../../core/ask/answer-question.ts';
import { gramsOf } from '../../../core/ask/grams.ts';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { prepareDocument } from '../../../core/ingest/prepare-document.ts';
import { createLogger, type Logger } from '../../../core/log.ts';
import type { LanguageModel } from '../../../core/question.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { writeSealedZip } from '../../../core/zipjs/sealed-zip.ts';
import { openTestState, temporaryFolder } from '../../core/sqlite/temporary-state.ts';

export const ADA = '@ada:home.test';
export const BEN = '@ben:home.test';
const YEAR = 365 * 86_400_000;
const vectors = loadTokenVectors();

/** What a test may want otherwise. */
export interface ApiHouseOptions {
  readonly rates?: ApiRates;
  readonly guesses?: GuessLimits;
  readonly fileBytes?: number;
  readonly model?: LanguageModel;
  /** In place of reading files in their sandbox. */
  readonly prepare?: typeof prepareDocument;
  readonly proxies?: readonly string[];
}

/** The HTTP API over a real state folder: Ada (admin, English) and Ben (member, German). */
export class ApiHouse implements AsyncDisposable {
  readonly clock = { now: 1_800_000_000_000 };
  readonly logged: string[] = [];
  /** What was said in chats. */
  readonly told: { readonly person: string; readonly key: string; readonly text: string }[] = [];
  readonly stop = new AbortController();
  readonly lanes = {
    ...{ questions: new Lane(1), files: new Lane(1), scans: new Lane(1), exports: new Lane(1), commands: new Lane(2) },
  };
  state!: OpenState;
  desk: ApiDesk | undefined;
  /** What the server finds behind it; undefined: sealed. */
  isSealed = false;
  lastContact = this.clock.now;
  url = '';
  readonly #place = temporaryFolder();
  #server: AsyncDisposable | undefined;

  async open(options: ApiHouseOptions = {}): Promise<this> {
    const clock = () => this.clock.now;
    this.state = await openTestState(this.#place.stateDir, { clock });
    const { people } = this.state.control;
    people.add({ id: ADA, role: 'admin', language: 'en' });
    people.add({ id: BEN, role: 'member', language: 'de' });
    const fileBytes = options.fileBytes ?? 2_000_000;
    const log = createLogger({
      ...{ name: 'api', level: 'debug' },
      destination: { write: (line: string) => void this.logged.push(line) },
    });
    this.desk = this.#desk({ ...options, fileBytes }, log);
    const server = await startApiServer(
      { host: '127.0.0.1', port: 0 },
      {
        backend: () => (this.isSealed ? undefined : { lastContact: this.lastContact, desk: this.desk }),
        ...{ version: '0.1.0', fileBytes, clock, log },
        ...{ rates: options.rates ?? API_RATES, guesses: options.guesses ?? GUESS_LIMITS },
        proxies: proxyList(options.proxies ?? []),
      },
    );
    this.#server = server;
    this.url = `http://127.0.0.1:${server.port}`;
    return this;
  }

  callerOf(person: string): Caller {
    return this.state.control.people.callerFor(person)!;
  }

  /** A new key of somebody, as text. */
  key(person: string, scopes: readonly ApiScope[] = API_SCOPES, lastsMs = YEAR): string {
    const name = `key${Math.random().toString(36).slice(2, 10)}`;
    const wish = { name, scopes, endsAt: this.clock.now + lastsMs, source: `$${name}` };
    return this.state.control.apiKeys.make(this.callerOf(person), wish).text;
  }

  /** A request with a key. */
  call(key: string, path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await this.#server?.[Symbol.asyncDispose]();
    await Promise.all(Object.values(this.lanes).map((lane) => lane.close()));
    this.state[Symbol.dispose]();
    this.#place.remove();
  }

  #desk(options: ApiHouseOptions & { readonly fileBytes: number }, log: Logger): ApiDesk {
    const { vault, control, shares } = this.state;
    const clock = () => this.clock.now;
    const answering: Answering = (caller, question, more) => {
      const parts = { vault, vectors, index: undefined, lent: lentStores(shares), model: options.model };
      return answerQuestion(caller, { ...question, at: clock() }, parts, { ...more, language: caller.language });
    };
    return new ApiDesk(
      {
        ...{
          keys: control.apiKeys,
          people: control.people,
          alerts: control.alerts,
          lanes: this.lanes,
          answering,
          clock,
        },
        files: {
          ...{ vault, encoder: vectors, gramsOf, clock, onStored: undefined },
          prepare: options.prepare ?? prepareDocument,
          limits: { fileBytes: options.fileBytes, pagesPerFile: 100, extractSeconds: 30 },
        },
        exporting: {
          ...{ vault, people: control.people, audit: control.audit, alerts: control.alerts, version: '0.1.0' },
          ...{ pack: writeSealedZip, botRecords: undefined, apiKeys: control.apiKeys },
        },
        counter: { answered: () => {}, kept: () => {} },
        tell: (person, { key, text }) =>
          this.told.push({ person, key, text: text(control.people.find(person)!.language) }),
        log,
      },
      this.stop.signal,
    );
  }
}
