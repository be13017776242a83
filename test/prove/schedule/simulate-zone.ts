import { DueTable } from './due-table.ts';
import { Oracle } from './oracle.ts';
import { SAMPLE_JOBS } from './sample-jobs.ts';
import type { History, Step } from './script-step.ts';
import { World } from './world.ts';
import { writeScript } from './write-script.ts';

/** 8 March 2027: the first weeks hold a clock change in most zones. */
const FROM = Date.UTC(2027, 2, 8, 12);

/** What came of the time in one zone. `differences` must be empty. */
export interface ZoneReport {
  readonly zone: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
  /** What ran of the quieter jobs, a line each, in local time; for the golden record. */
  readonly diary: readonly string[];
}

/**
 * Lets the runner and the oracle live through the same story and compares what ran and why. The process must be in the zone
 * (TZ), which the runner takes from the machine.
 */
export async function simulateZone(about: { zone: string; seed: number; days: number }): Promise<ZoneReport> {
  const { zone, seed, days } = about;
  const due = new DueTable(zone);
  const steps = writeScript({ jobs: SAMPLE_JOBS, due, seed, from: FROM, days });
  const world = new World(SAMPLE_JOBS);
  const oracle = new Oracle(SAMPLE_JOBS, due);
  for (const step of steps) {
    await world.apply(step);
    oracle.apply(step);
  }
  const [seen, expected] = [world.history, oracle.history];
  const lastAt = steps.findLast((step) => step.kind === 'tick')!.at;
  return {
    zone,
    figures: figuresOf(steps, seen),
    differences: [...differencesIn(seen, expected, due), ...brokenPromises(seen, due, lastAt)].slice(0, 20),
    diary: diaryOf(seen, due),
  };
}

function differencesIn(seen: History, expected: History, due: DueTable): string[] {
  const found: string[] = [];
  for (const part of ['runs', 'requests', 'cancels'] as const) {
    const [was, should] = [seen[part], expected[part]];
    for (let place = 0; place < Math.max(was.length, should.length); place++) {
      const [one, other] = [JSON.stringify(was[place]), JSON.stringify(should[place])];
      if (one === other) continue;
      const at = seen.runs[place]?.started;
      found.push(`${part} ${place}${at === undefined ? '' : ` (${due.local(at)})`}: was ${one}, should be ${other}`);
      break;
    }
  }
  return found;
}

/** What must hold whatever the rules are: nothing doubled, nothing left over, everything served once all is calm. */
function brokenPromises({ runs, requests }: History, due: DueTable, lastAt: number): string[] {
  const broken: string[] = [];
  for (const { name, schedule } of SAMPLE_JOBS) {
    const own = runs.filter((run) => run.job === name);
    if (own.some((run) => run.outcome === 'running')) broken.push(`${name} is left running`);
    if (schedule === '') continue;
    const last = due.last(schedule, lastAt);
    if (last === undefined) continue;
    const served = own.filter((run) => !run.dry && run.counts >= last && run.counts <= lastAt);
    if (served.length !== 1 && lastAt - last < 2 * 86_400_000)
      broken.push(`${name}, due ${due.local(last)}, ran ${served.length} times by the end`);
    if (served.length === 0) broken.push(`${name} is not served at the end`);
  }
  for (const { source, state } of requests) if (state === 'waiting') broken.push(`${source} still waits`);
  const served = requests.flatMap(({ run }) => (run === null ? [] : [run]));
  for (const [place, run] of runs.entries())
    if (run.cause === 'request' && run.outcome === 'ok' && !served.includes(place))
      broken.push(`run ${place} served nobody`);
  return broken;
}

function figuresOf(steps: readonly Step[], { runs, requests, cancels }: History): Record<string, number> {
  const count = <T>(list: readonly T[], is: (one: T) => boolean) => list.filter(is).length;
  const kind = (name: Step['kind']) => count(steps, (step) => step.kind === name);
  const cause = (name: string) => count(runs, (run) => run.cause === name);
  const outcome = (name: string) => count(runs, (run) => run.outcome === name);
  const state = (name: string) => count(requests, (request) => request.state === name);
  return {
    ...{ ticks: kind('tick'), kills: kind('kill'), stops: kind('stop') },
    fullDisks: count(steps, (step) => step.kind === 'disk' && step.full),
    clockJumps: jumpsIn(steps),
    ...{ runs: runs.length, onSchedule: cause('schedule'), caughtUp: cause('catch-up'), asked: cause('request') },
    ...{ ok: outcome('ok'), failed: outcome('failed'), cancelled: outcome('cancelled'), lost: outcome('lost') },
    dry: count(runs, (run) => run.dry),
    countedAnew: count(runs, (run) => run.counts !== run.started),
    ...{ requests: requests.length, refused: state('refused'), withdrawn: state('withdrawn') },
    repeated: count(requests, (request) => request.repeats > 0),
    cancels: cancels.length,
  };
}

/** Times that the clock went back. */
function jumpsIn(steps: readonly Step[]): number {
  const shown = steps.flatMap((step) => (step.kind === 'tick' ? [step.at] : []));
  return shown.filter((at, place) => place > 0 && at < shown[place - 1]!).length;
}

function diaryOf({ runs }: History, due: DueTable): string[] {
  return runs
    .filter((run) => !['often', 'hourly'].includes(run.job))
    .map((run) => `${due.local(run.started)} ${run.job}${run.dry ? ' (dry)' : ''}: ${run.cause}, ${run.outcome}`);
}
