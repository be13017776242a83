import { API_SCOPES, type ApiScope } from '../../core/api-key.ts';
import { gramsOf } from '../../core/ask/grams.ts';
import { indexWords } from '../../core/ingest/index-words.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import { ADA, ApiHouse, BEN } from '../bot/api/api-house.ts';
import { sampleDocument } from '../core/sqlite/sample-documents.ts';
import { labHas } from '../lab/python-child.ts';
import { type ApiCase, makeCase } from './api/api-case.ts';
import { type Operation, readDescription } from './api/description.ts';
import { guessKeys } from './api/guess-keys.ts';
import { type SchemathesisFigures, trySchemathesis } from './api/schemathesis.ts';
import { CANARY, type Random, seededRandom } from './isolation/random.ts';

/** What the campaign counted. All but the counts of what was done must be 0. */
export interface ApiFigures {
  cases: number;
  byStatus: Record<string, number>;
  /** Words of one's own that came back: that something was looked for at all. */
  ownWords: number;
  serverErrors: number;
  undescribed: number;
  foreignWords: number;
  wordsInLog: number;
  guesses: Awaited<ReturnType<typeof guessKeys>>;
  /** null where it is not installed. */
  schemathesis: SchemathesisFigures | null;
}

export interface ApiCampaign {
  readonly seed: number;
  readonly cases: number;
  readonly say: (line: string) => void;
}

const AT_ONCE = 6;
/** Of so many cases, one example for each operation. */
const EXAMPLES_SHARE = 50;
/** A file that was not seen before takes its reading, which is most of a second. */
const FRESH_FILES = 40;
const PAPERS = 12;
const FILE_BYTES = 200_000;
const MOST_SAID = 20;
const LOOSE = { burst: 1e9, perMinute: 1e9 };
const RATES = { all: LOOSE, upload: LOOSE, read: LOOSE, ask: LOOSE, export: LOOSE, delete: LOOSE };
/** Guessing has its own part below; here wrong keys come from where right ones do. */
const GUESSES = { perAddress: 1e9, inAll: 1e9, alert: 1e9, windowMs: 1 };
const WORDS = 'rent boiler garden violin school ferry insurance deposit holiday dentist'.split(' ');
const wordsOf = indexWords({ encoder: loadTokenVectors(), gramsOf });

/** Sends cases made of the description to a running API with two people's papers in it, and reads every answer. */
export async function apiCampaign({ seed, cases, say }: ApiCampaign): Promise<ApiFigures> {
  await using house = await new ApiHouse().open({ rates: RATES, guesses: GUESSES, fileBytes: FILE_BYTES });
  const campaign = new Campaign(house, seededRandom(seed), say);
  await campaign.prepare();
  await campaign.run(cases);
  const schemathesis = labHas('schemathesis') ? await campaign.tryByAnother(seed, cases) : null;
  if (schemathesis === null) say('Left out: schemathesis is not here (node test/lab/install.mjs schemathesis).');
  const figures = campaign.end();
  return { ...figures, schemathesis, guesses: await guessKeys(seededRandom(seed + 1), cases) };
}

class Campaign {
  readonly #house: ApiHouse;
  readonly #random: Random;
  readonly #say: (line: string) => void;
  readonly #keys = new Map<string, string>();
  readonly #own = new Map<string, Set<string>>([ADA, BEN].map((person) => [person, new Set<string>()]));
  readonly #ids: string[] = [];
  readonly #files = new Map<string, { name: string; text: string }[]>([ADA, BEN].map((person) => [person, []]));
  readonly #figures: Omit<ApiFigures, 'guesses' | 'schemathesis'> = {
    ...{ cases: 0, byStatus: {}, ownWords: 0, serverErrors: 0, undescribed: 0, foreignWords: 0, wordsInLog: 0 },
  };
  #description!: ReturnType<typeof readDescription>;
  #fresh = 0;
  #said = 0;

  constructor(house: ApiHouse, random: Random, say: (line: string) => void) {
    this.#house = house;
    this.#random = random;
    this.#say = say;
  }

  async prepare(): Promise<void> {
    this.#description = readDescription(await (await fetch(`${this.#house.url}/openapi.json`)).text());
    for (const person of [ADA, BEN]) {
      this.#keys.set(person, this.#house.key(person));
      for (let i = 0; i < PAPERS; i += 1) this.#keep(person, i);
      for (let i = 0; i < 6; i += 1) this.#files.get(person)!.push(this.#newFile(person));
    }
  }

  async run(cases: number): Promise<void> {
    let left = cases;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        await this.#one();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  end(): Omit<ApiFigures, 'guesses' | 'schemathesis'> {
    const { control } = this.#house.state;
    control.apiKeys.settle(this.#house.clock.now + 1);
    const readByAdmins = JSON.stringify([control.audit.recent(1e6), control.alerts.recent(1e4), this.#house.logged]);
    this.#figures.wordsInLog =
      [...readByAdmins.matchAll(CANARY)].length + (readByAdmins.includes('kinkeeper_') ? 1 : 0);
    control.audit.verify();
    return this.#figures;
  }

  /** Ada's key in the hands of a program that knows nothing but the description. */
  tryByAnother(seed: number, cases: number): Promise<SchemathesisFigures> {
    const examples = Math.max(5, Math.round(cases / EXAMPLES_SHARE));
    const [key, own] = [this.#keys.get(ADA)!, this.#own.get(ADA)!];
    return trySchemathesis({ url: this.#house.url, key, own, seed, examples, say: this.#say });
  }

  async #one(): Promise<void> {
    const random = this.#random;
    const [person, other] = random.chance(0.5) ? [ADA, BEN] : [BEN, ADA];
    const operation = this.#operation();
    // What somebody writes down themselves is theirs from then on: words of others stand in questions alone.
    const probes = operation.path === '/v1/ask' ? [...this.#own.get(other)!] : [...this.#own.get(person)!];
    const made = makeCase(random, operation, {
      ...{ words: [...WORDS, random.of(probes)], ids: this.#ids },
      file: () => this.#file(person),
    });
    const { method, path, headers, body } = made;
    this.#house.clock.now += 1000;
    const response = await this.#house.call(this.#key(person), path, { method, headers, body: body ?? null });
    const bytes = Buffer.from(await response.arrayBuffer());
    this.#figures.cases += 1;
    this.#figures.byStatus[response.status] = (this.#figures.byStatus[response.status] ?? 0) + 1;
    this.#look(made, { person, other, response, bytes });
  }

  /** Exports are slow, and much alike. */
  #operation(): Operation {
    const one = this.#random.of(this.#description.operations);
    return one.path === '/v1/export' && this.#random.chance(0.7) ? this.#operation() : one;
  }

  /** Mostly one that may do everything; else one for a single purpose, or none that opens anything. */
  #key(person: string): string {
    const random = this.#random;
    const whole = this.#keys.get(person)!;
    if (random.chance(0.85)) return whole;
    return random.chance(0.7) ? this.#narrowKey(person) : random.of(['', 'x', `${whole}0`]);
  }

  #narrowKey(person: string): string {
    const name = `${person} ${this.#random.of(API_SCOPES)}`;
    const key = this.#keys.get(name) ?? this.#house.key(person, [name.split(' ')[1] as ApiScope]);
    this.#keys.set(name, key);
    return key;
  }

  #look(
    made: ApiCase,
    { person, other, response, bytes }: { person: string; other: string; response: Response; bytes: Buffer },
  ): void {
    const { status } = response;
    const said = `${made.method} ${made.path.slice(0, 200)}: ${status} ${bytes.toString().slice(0, 300)}`;
    if (status >= 500) this.#fault('serverErrors', said);
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    if (!this.#isDescribed(made, status, type, bytes)) this.#fault('undescribed', said);
    const text = bytes.toString('latin1');
    const own = this.#own.get(person)!;
    for (const [word] of text.matchAll(CANARY)) {
      if (own.has(word)) this.#figures.ownWords += 1;
      else if (this.#own.get(other)!.has(word) && !made.typed.includes(word)) this.#fault('foreignWords', said);
    }
    const ids = [/"upload":"([\w-]+)"/.exec(text)?.[1], response.headers.get('export-id')];
    for (const id of ids) if (id && this.#ids.length < 200) this.#ids.push(id);
  }

  /** What an address answers that is not there at all, or not by this method, is described everywhere. */
  #isDescribed({ operation, method }: ApiCase, status: number, type: string, bytes: Buffer): boolean {
    const described = this.#description.operations.find((one) => one.path === operation.path && one.method === method);
    const schema = (described ?? operation).responses[status]?.[type];
    if (schema === undefined) return false;
    if (type !== 'application/json') return bytes.length > 0;
    return this.#description.fits(schema, JSON.parse(bytes.toString()));
  }

  #fault(kind: 'serverErrors' | 'undescribed' | 'foreignWords', what: string): void {
    this.#figures[kind] += 1;
    this.#said += 1;
    if (this.#said <= MOST_SAID) this.#say(`${kind}: ${what}`);
  }

  #newCanary(person: string): string {
    const word = this.#random.canary();
    this.#own.get(person)!.add(word);
    return word;
  }

  /** Stored as reading a file does, without the reading. */
  #keep(person: string, nth: number): void {
    const canary = this.#newCanary(person);
    const text = `The ${WORDS[nth % WORDS.length]} of ${canary} is due in March.`;
    const passage = { position: 0, page: '1', heading: '', start: 0, end: text.length, text };
    this.#house.state.vault.write(this.#house.callerOf(person), (writer) => {
      const name = this.#random.chance(0.5) ? 'letter.txt' : `${canary}.txt`;
      writer.addDocument(sampleDocument(`$${canary}`, { name }), [{ ...passage, ...wordsOf({ name }, passage) }]);
    });
  }

  #newFile(person: string): { name: string; text: string } {
    const canary = this.#newCanary(person);
    return { name: `${canary}.txt`, text: `About the ${this.#random.of(WORDS)} of ${canary}.` };
  }

  #file(person: string): { name: string; text: string } {
    if (this.#random.chance(0.02)) return { name: 'large.txt', text: 'a'.repeat(FILE_BYTES + 1) };
    const files = this.#files.get(person)!;
    if (this.#fresh < FRESH_FILES && this.#random.chance(0.05)) {
      this.#fresh += 1;
      files.push(this.#newFile(person));
      return files.at(-1)!;
    }
    return this.#random.of(files);
  }
}
