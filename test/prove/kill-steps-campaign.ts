import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../core/sqlite/sample-documents.ts';
import { loadScenario, SCENARIO_NAMES } from './kill-steps/index.ts';
import { type ActRecord, type KillAt, killedAct } from './kill-steps/killed-act.ts';
import type { KillScenario } from './kill-steps/scenario.ts';

/** Random kills of each scenario at scale 1, besides one at each of its steps. */
const KILLS = 200;
/** Scenarios that run at once. */
const LANES = 2;

/** What the kills of one scenario left. `late`: the change was over before its kill; checked as well, and drawn again. */
export interface KillFigures {
  readonly steps: number;
  readonly kills: number;
  /** How many of the kills were at each step in turn, at a step drawn at random, and at a random time. */
  readonly inTurn: number;
  readonly atRandomStep: number;
  readonly atRandomTime: number;
  readonly late: number;
  readonly old: number;
  readonly new: number;
  /** Kills that left something between old and new, lost something, or left what cannot be finished: has to be 0. */
  readonly between: number;
  readonly broken: readonly string[];
}

interface CampaignOptions {
  readonly seed: number;
  /** Below 1 only the first and the last step are killed in turn. */
  readonly scale: number;
  /** Only scenarios whose name begins so. */
  readonly only?: string | undefined;
  readonly say: (line: string) => void;
}

/**
 * Kills every scenario with SIGKILL at each of its steps, then at random steps and at random times, and looks at what is left:
 * the old state or the new one, from which the change can be brought to its end.
 */
export async function killStepsCampaign(options: CampaignOptions) {
  const { seed, scale, only = '', say } = options;
  const figures: Record<string, KillFigures> = {};
  const names = SCENARIO_NAMES.filter((name) => name.startsWith(only));
  const place = mkdtempSync(join(tmpdir(), 'kin-kill-'));
  const lane = async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      // Each its own stream: what one draws does not depend on the others.
      const random = seeded(seed + SCENARIO_NAMES.indexOf(name));
      figures[name] = await new KilledScenario(await loadScenario(name), join(place, name), random).run(scale);
      say(`${name}: ${JSON.stringify(figures[name])}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, lane));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  const ok = Object.values(figures).every(({ between }) => between === 0);
  return { ok, seed, scale, figures };
}

type Kind = 'inTurn' | 'atRandomStep' | 'atRandomTime';

class KilledScenario {
  readonly #scenario: KillScenario;
  readonly #place: string;
  readonly #random: () => number;
  readonly #broken: string[] = [];
  readonly #tally = { kills: 0, inTurn: 0, atRandomStep: 0, atRandomTime: 0, late: 0, old: 0, new: 0 };

  constructor(scenario: KillScenario, place: string, random: () => number) {
    this.#scenario = scenario;
    this.#place = place;
    this.#random = random;
  }

  async run(scale: number): Promise<KillFigures> {
    await this.#scenario.setUp(join(this.#place, 'template'));
    // Twice: the first one warms the machine, and would tell of a longer time than the others take. (A few kills go without:
    // those at a random time come too late more often then, and are drawn again.)
    if (scale >= 0.1) await this.#whole();
    const whole = await this.#whole();
    const points = stepsOf(whole);
    const inTurn = scale < 1 ? [points[0]!, points.at(-1)!] : points;
    for (const at of inTurn) await this.#kill('inTurn', at);
    const wanted = Math.max(1, Math.round(KILLS * scale));
    // A late one was no kill. Not for ever: a change that is over before any kill would never come to an end.
    for (let tries = 0; this.#atRandom < wanted && tries < 3 * wanted; tries++) {
      if (tries % 2 === 1) await this.#kill('atRandomStep', points[Math.floor(this.#random() * points.length)]!);
      else await this.#kill('atRandomTime', { afterMs: this.#random() * whole.milliseconds });
    }
    if (this.#atRandom < wanted) this.#broken.push(`only ${this.#atRandom} of ${wanted} random kills came in time`);
    return { steps: points.length, ...this.#tally, between: this.#broken.length, broken: this.#broken };
  }

  get #atRandom(): number {
    return this.#tally.atRandomStep + this.#tally.atRandomTime;
  }

  async #whole(): Promise<ActRecord> {
    const { name } = this.#scenario;
    const whole = await this.#onCopy((folder) => killedAct(name, folder, undefined));
    if (whole.outcome !== 'done') throw new Error(`${name} does not come to its end: ${whole.errors}`);
    return whole;
  }

  #kill(kind: Kind, at: NonNullable<KillAt>): Promise<void> {
    return this.#onCopy(async (folder) => {
      const record = await killedAct(this.#scenario.name, folder, at);
      if (record.outcome === 'killed') {
        this.#tally.kills += 1;
        this.#tally[kind] += 1;
      } else this.#tally.late += 1;
      try {
        const left = await judge(this.#scenario, folder, record);
        if (record.outcome === 'killed') this.#tally[left] += 1;
      } catch (thrown) {
        this.#broken.push(`${kind} ${JSON.stringify(at)}: ${(thrown as Error).message}`);
      }
    });
  }

  async #onCopy<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = join(this.#place, 'try');
    cpSync(join(this.#place, 'template'), folder, { recursive: true });
    try {
      return await work(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** The state that a kill left; from the old one the change is then run again and has to come to its end. */
async function judge(scenario: KillScenario, folder: string, record: ActRecord): Promise<'old' | 'new'> {
  if (record.outcome === 'failed') throw new Error(`the change failed by itself: ${record.errors}`);
  const left = await scenario.check(folder);
  if (record.outcome === 'done' && left === 'old') throw new Error('the change came to its end and is not there');
  if (left === 'new') return left;
  await scenario.act(folder);
  if ((await scenario.check(folder)) !== 'new') throw new Error('the change was run again and is not there');
  return left;
}

/** Each step that was reached, and for the how many-th time. */
function stepsOf({ steps }: ActRecord): { step: string; time: number }[] {
  return steps.map((step, at) => ({ step, time: steps.slice(0, at + 1).filter((other) => other === step).length }));
}
