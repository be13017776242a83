import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../core/sqlite/sample-documents.ts';
import { SCENARIOS } from './kill-steps/index.ts';
import { type ActRecord, type KillAt, killedAct } from './kill-steps/killed-act.ts';
import type { KillScenario } from './kill-steps/scenario.ts';

/** Kills of each scenario at scale 1. */
const KILLS = 200;

/** What the kills of one scenario left. `late`: the change was over before the kill; counted apart, and checked as well. */
export interface KillFigures {
  readonly kills: number;
  readonly atSteps: number;
  readonly atMoments: number;
  readonly late: number;
  readonly old: number;
  readonly new: number;
  readonly steps: number;
  /** What was between old and new, lost, or could not be finished afterwards. */
  readonly broken: readonly string[];
}

interface CampaignOptions {
  readonly seed: number;
  readonly scale: number;
  /** Only scenarios whose name begins so. */
  readonly only?: string;
  readonly say: (line: string) => void;
}

/**
 * Kills every scenario at each of its steps and at random moments, `KILLS` times the scale (at least once at each step), and
 * looks at what is left: the old state or the new one, and the change can be finished afterwards.
 */
export async function killStepsCampaign(options: CampaignOptions) {
  const figures: Record<string, KillFigures> = {};
  const random = seeded(options.seed);
  for (const scenario of SCENARIOS.filter(({ name }) => name.startsWith(options.only ?? ''))) {
    figures[scenario.name] = await killScenario(scenario, { ...options, random });
    options.say(`${scenario.name}: ${JSON.stringify(figures[scenario.name])}`);
  }
  const ok = Object.values(figures).every(({ broken }) => broken.length === 0);
  return { ok, seed: options.seed, scale: options.scale, figures };
}

async function killScenario(
  scenario: KillScenario,
  { random, scale }: CampaignOptions & { random: () => number },
): Promise<KillFigures> {
  const place = mkdtempSync(join(tmpdir(), 'kin-kill-'));
  try {
    const template = join(place, 'template');
    await scenario.setUp(template);
    const whole = await onCopy(place, template, (folder) => killedAct(scenario.name, folder, undefined));
    if (whole.outcome !== 'done') throw new Error(`${scenario.name} does not come to its end: ${whole.errors}`);
    const points = stepsOf(whole);
    const tally = { kills: 0, atSteps: 0, atMoments: 0, late: 0, old: 0, new: 0 };
    const broken: string[] = [];
    for (let kill = 0; kill < Math.max(points.length, Math.round(KILLS * scale)); kill++) {
      const at = nextKill(kill, { points, whole, random });
      await onCopy(place, template, async (folder) => {
        const record = await killedAct(scenario.name, folder, at);
        tally[record.outcome === 'killed' ? 'kills' : 'late'] += 1;
        tally['step' in at ? 'atSteps' : 'atMoments'] += 1;
        try {
          tally[await judge(scenario, folder, record)] += 1;
        } catch (thrown) {
          broken.push(`kill ${kill} ${JSON.stringify(at)}: ${(thrown as Error).message}`);
        }
      });
    }
    return { ...tally, steps: points.length, broken };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** The state that a kill left; the change is then run again and has to come to its end. */
async function judge(scenario: KillScenario, folder: string, record: ActRecord): Promise<'old' | 'new'> {
  if (record.outcome === 'failed') throw new Error(`the change failed by itself: ${record.errors}`);
  const left = await scenario.check(folder);
  if (record.outcome === 'done' && left === 'old') throw new Error('the change came to its end and is not there');
  if (left === 'new') return left;
  const again = await killedAct(scenario.name, folder, undefined);
  if (again.outcome !== 'done') throw new Error(`the change cannot be run again: ${again.errors}`);
  if ((await scenario.check(folder)) !== 'new') throw new Error('the change was run again and is not there');
  return left;
}

/** First every step once, then steps and random moments in turn. */
function nextKill(
  kill: number,
  {
    points,
    whole,
    random,
  }: { points: readonly { step: string; time: number }[]; whole: ActRecord; random: () => number },
): NonNullable<KillAt> {
  const any = points[Math.floor(random() * points.length)];
  if (kill < points.length) return points[kill]!;
  if (any !== undefined && kill % 2 === 0) return any;
  return { afterMs: random() * whole.milliseconds };
}

/** Each step that was reached, and for the how many-th time. */
function stepsOf({ steps }: ActRecord): { step: string; time: number }[] {
  return steps.map((step, at) => ({ step, time: steps.slice(0, at + 1).filter((other) => other === step).length }));
}

async function onCopy<T>(place: string, template: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(place, 'try');
  cpSync(template, folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
