import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenState } from '../../core/control.ts';
import { sweepShares } from '../../core/shelf-keeping-vault.ts';
import { changeKey, erase } from './isolation/changes.ts';
import { Forgeries } from './isolation/forgeries.ts';
import { House, type Indexed } from './isolation/house.ts';
import type { Scene, Shown } from './isolation/operations.ts';
import * as operations from './isolation/operations.ts';
import { overHttp } from './isolation/over-http.ts';
import { CANARY, seededRandom } from './isolation/random.ts';
import { PEOPLE, ROOMS, World } from './isolation/world.ts';

/** What the campaign counted. `foreign…` must be 0. */
export interface IsolationFigures {
  operations: number;
  questions: number;
  /** Requests to the HTTP API. */
  requests: number;
  /** Answers, lists, refusals and notices looked at. */
  answersRead: number;
  /** Canaries that were shown to who may see them: that something was looked for at all. */
  ownWords: number;
  lentWords: number;
  shares: number;
  mostTenants: number;
  /** People who were erased; tenants, and master keys, that got a new key. */
  erasures: number;
  newKeys: number;
  newMasterKeys: number;
  foreignWords: number;
  /** Papers, names and counts that were wrong. */
  faults: number;
}

/** How long and by which seed. `indexed` puts an index elsewhere beside the files. */
export interface IsolationOptions {
  readonly seed: number;
  readonly operations: number;
  readonly say: (line: string) => void;
  readonly indexed?: ((state: OpenState) => Indexed & AsyncDisposable) | undefined;
}

/** Part of the operations during which questions are under way while something else changes. */
const TOGETHER = 0.05;
const SWEEP_EVERY = 25;
const REOPEN_EVERY = 2500;
const ROTATE_EVERY = 200;
const MASTER_KEY_CHANGES = 0.5;
const MOST_FAULTS_SAID = 20;

type Operation = (scene: Scene) => Promise<Shown[]> | Shown[];

/** Lets four people and two rooms do things at random with papers of their own and lent ones, and reads every answer. */
export async function isolationCampaign(options: IsolationOptions): Promise<IsolationFigures> {
  // In memory where that can be: nothing here is about what survives, and every write would wait for the disk.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'kinkeeper-isolation-'));
  const campaign = new Campaign(options, join(folder, 'state'));
  try {
    return await campaign.run();
  } finally {
    await campaign.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

class Campaign {
  readonly #options: IsolationOptions;
  readonly #world = new World();
  readonly #house: House;
  readonly #scene: Scene;
  readonly #weighted: Operation[];
  readonly #figures: IsolationFigures = {
    ...{
      operations: 0,
      questions: 0,
      requests: 0,
      answersRead: 0,
      ownWords: 0,
      lentWords: 0,
      shares: 0,
      mostTenants: 0,
    },
    ...{ erasures: 0, newKeys: 0, newMasterKeys: 0, foreignWords: 0, faults: 0 },
  };
  #index: (Indexed & AsyncDisposable) | undefined;
  #names = 0;
  #nextKeyAt = ROTATE_EVERY;

  constructor(options: IsolationOptions, stateDir: string) {
    this.#options = options;
    this.#house = new House(this.#world, stateDir);
    const fresh = (kind: string) => `${kind}${++this.#names}`;
    this.#scene = { world: this.#world, house: this.#house, random: seededRandom(options.seed), fresh };
    const forged = new Forgeries();
    const weights: [number, Operation][] = [
      [14, operations.add],
      [22, operations.ask],
      [10, operations.list],
      [7, operations.show],
      [5, (scene) => operations.forget(scene)],
      [1, operations.replace],
      [8, operations.lend],
      [5, operations.end],
      [8, operations.happen],
      [1, erase],
      [9, (scene) => forged.old(scene)],
      [5, (scene) => forged.madeUp(scene)],
      [6, (scene) => forged.foreignIds(scene)],
      [10, overHttp],
    ];
    this.#weighted = weights.flatMap(([weight, operation]) => Array.from({ length: weight }, () => operation));
  }

  async run(): Promise<IsolationFigures> {
    await this.#open();
    const { random } = this.#scene;
    while (this.#figures.operations < this.#options.operations) {
      const step = this.#figures.operations;
      if (random.chance(TOGETHER)) await this.#together();
      else await this.#one(random.of(this.#weighted));
      if (step % SWEEP_EVERY === 0) sweepShares({ ...this.#house.state, people: this.#house.state.control.people });
      if (step >= this.#nextKeyAt) await this.#whileKeyChanges();
      if (step % REOPEN_EVERY === REOPEN_EVERY - 1) await this.#reopen();
      const tenants = this.#house.state.control.people.tenants().length;
      this.#figures.mostTenants = Math.max(this.#figures.mostTenants, tenants);
    }
    this.#figures.erasures = this.#world.erasures;
    this.#auditIsClean();
    return this.#figures;
  }

  async close(): Promise<void> {
    await this.#index?.[Symbol.asyncDispose]();
    await this.#house.close();
  }

  async #open(): Promise<void> {
    const { indexed } = this.#options;
    await this.#house.open(
      indexed &&
        ((state) => {
          this.#index = indexed(state);
          return this.#index;
        }),
    );
    // Who was removed stays so: opening adds those who are new only.
    for (const id of PEOPLE) if (!this.#world.known.has(id)) this.#house.state.control.people.remove(id);
  }

  async #reopen(): Promise<void> {
    await this.close();
    this.#index = undefined;
    if (this.#scene.random.chance(MASTER_KEY_CHANGES)) {
      await this.#house.changeMasterKey();
      this.#figures.newMasterKeys += 1;
    }
    await this.#open();
  }

  async #one(operation: Operation): Promise<void> {
    this.#figures.operations += 1;
    if (operation === operations.ask) this.#figures.questions += 1;
    if (operation === overHttp) this.#figures.requests += 1;
    const before = this.#allowed();
    await this.#guarded(async () => this.#read(await operation(this.#scene), before));
  }

  /** Some questions at once, and changes while they are answered: what may be seen before, after or in between may be seen. */
  async #together(): Promise<void> {
    const { random } = this.#scene;
    const before = this.#allowed();
    const asking = Array.from({ length: 3 }, () => Promise.resolve(operations.ask(this.#scene)));
    this.#figures.operations += 3;
    this.#figures.questions += 3;
    for (let i = 0; i < 2; i += 1) {
      await this.#one(random.of(this.#weighted));
      // A paper may have come and gone before an answer was given.
      for (const [spot, words] of this.#allowed()) before.set(spot, new Set([...before.get(spot)!, ...words]));
    }
    for (const one of asking) await this.#guarded(async () => this.#read(await one, before));
  }

  /** Somebody's file is written anew under another key while other things happen to it, its end among them. */
  async #whileKeyChanges(): Promise<void> {
    this.#nextKeyAt += ROTATE_EVERY;
    const changed = changeKey(this.#scene);
    for (let i = 0; i < 3; i += 1) await this.#one(this.#scene.random.of(this.#weighted));
    await this.#guarded(async () => {
      if (await changed) this.#figures.newKeys += 1;
    });
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#fault(String((thrown as Error).stack ?? thrown));
    }
  }

  /** What everybody may see now, by spot. */
  #allowed(): Map<string, ReadonlySet<string>> {
    const spots = PEOPLE.flatMap((person) => [undefined, ...ROOMS].map((room) => ({ person, room })));
    return new Map(spots.map((spot) => [`${spot.person} ${spot.room}`, this.#world.allowedAt(spot)]));
  }

  #read(shown: readonly Shown[], before: Map<string, ReadonlySet<string>>): void {
    for (const { spot, text, typed, after } of shown) {
      this.#figures.answersRead += 1;
      const [then, now] = [before.get(`${spot.person} ${spot.room}`)!, this.#world.allowedAt(spot)];
      const own = new Set(this.#world.papersAt(spot).map(({ canary }) => canary));
      for (const [word] of text.matchAll(CANARY)) {
        if (word === typed) continue;
        if (!now.has(word) && (after || !then.has(word))) {
          this.#figures.foreignWords += 1;
          this.#fault(
            `${spot.person} in ${spot.room ?? 'their own chat'} read a word of somebody else: ${text.slice(0, 400)}`,
          );
        } else if (own.has(word)) this.#figures.ownWords += 1;
        else this.#figures.lentWords += 1;
      }
      if (/ is lent to /.test(text)) this.#figures.shares += 1;
    }
  }

  /** No row that admins can read holds a word of anybody's papers. */
  #auditIsClean(): void {
    const { audit, alerts } = this.#house.state.control;
    const rows = JSON.stringify([audit.recent(1_000_000), alerts.recent(1000)]);
    const words = [...rows.matchAll(CANARY)];
    this.#figures.foreignWords += words.length;
    if (words.length > 0) this.#fault(`${words.length} words of papers stand where admins read`);
    audit.verify();
  }

  #fault(what: string): void {
    this.#figures.faults += 1;
    if (this.#figures.faults <= MOST_FAULTS_SAID) this.#options.say(`operation ${this.#figures.operations}: ${what}`);
  }
}
