import Database from 'better-sqlite3';
import type { PersonId } from '../../../core/caller.ts';
import { JOB_NAMES, type JobName } from '../../../core/job.ts';
import { createLogger } from '../../../core/log.ts';
import { AlertStore } from '../../../core/sqlite/alert-store.ts';
import { CONTROL_MIGRATIONS } from '../../../core/sqlite/control-migrations.ts';
import { JobRequestStore } from '../../../core/sqlite/job-request-store.ts';
import { JobStore } from '../../../core/sqlite/job-store.ts';
import { migrate } from '../../../core/sqlite/migrate.ts';
import type { JobSpec } from '../../../ops/job-spec.ts';
import { Runner, type RunnerOptions } from '../../../ops/runner.ts';

const ADA = '@ada:home.test' as PersonId;
const NEVER = Object.fromEntries(JOB_NAMES.map((name) => [name, ''])) as Record<JobName, string>;
const START = Date.UTC(2027, 0, 10, 12, 0, 30);

/** Long enough for all that is asked of it. */
const LIFE_SECONDS = 20;

/** What came of dying at every call of a store. `wrong` must be empty. */
export interface KillPointFigures {
  readonly points: number;
  readonly wrong: readonly string[];
}

/**
 * Lets the runner die before each call that it makes of its stores, one after the other, while a schedule is due and
 * two requests wait; then starts another one. Afterwards everything is served, nothing is left over, and
 * no job ran more often than a kill makes unavoidable.
 */
export async function dieEverywhere(): Promise<KillPointFigures> {
  const wrong: string[] = [];
  let points = 0;
  for (; points < 1000; points++) {
    const house = new House();
    await house.live(points);
    const wasReached = house.isDead;
    await house.live(undefined);
    wrong.push(...house.complaints().map((complaint) => `killed before call ${points}: ${complaint}`));
    if (!wasReached) break;
  }
  return { points, wrong };
}

class House {
  isDead = false;
  readonly #db = new Database(':memory:');
  readonly #ran = Object.fromEntries(JOB_NAMES.map((name) => [name, 0])) as Record<JobName, number>;
  #now = START;
  #callsLeft = Number.POSITIVE_INFINITY;

  constructor() {
    migrate(this.#db, CONTROL_MIGRATIONS);
    const requests = new JobRequestStore(this.#db);
    const wish = { person: ADA, dry: false, at: START };
    requests.ask({ ...wish, source: '$once', job: 'audit' });
    requests.ask({ ...wish, source: '$again', job: 'health' });
  }

  /** A process that dies before its call number `calls`, or lives on for a while. */
  async live(calls: number | undefined): Promise<void> {
    this.isDead = false;
    this.#callsLeft = calls ?? Number.POSITIVE_INFINITY;
    const runner = new Runner({
      jobs: JOB_NAMES.map((name) => this.#job(name, name === 'health')),
      schedules: { ...NEVER, health: '0 * * * *' },
      control: {
        jobs: this.#mortal(new JobStore(this.#db)),
        requests: this.#mortal(new JobRequestStore(this.#db)),
        alerts: this.#mortal(new AlertStore(this.#db, () => this.#now)),
      } as RunnerOptions['control'],
      log: createLogger({ name: 'prove', level: 'silent' }),
      clock: () => this.#now,
    });
    for (let second = 0; second < LIFE_SECONDS && !this.isDead; second++, this.#now += 1000) {
      runner.tick();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  complaints(): string[] {
    const jobs = new JobStore(this.#db);
    const runs = jobs.recent(1000);
    const requests = new JobRequestStore(this.#db).untold();
    return [
      ...(jobs.underWay().length > 0 ? ['a run is left running'] : []),
      ...requests.filter(({ run }) => run?.endedAt == null).map(({ source }) => `${source} was not served`),
      ...requests
        .filter(({ job, run }) => run?.outcome !== 'ok' && !(job === 'audit' && run?.outcome === 'lost'))
        .map(({ source }) => `${source} ended badly`),
      ...(this.#ran.audit > 1 ? ['a job that must not be repeated ran twice'] : []),
      ...(this.#ran.health > 2 ? [`a job ran ${this.#ran.health} times`] : []),
      ...(runs.filter(({ outcome }) => outcome === 'ok').length > 2 ? ['more runs than were asked for'] : []),
      ...(['health', 'audit'] as const)
        .filter((name) => runs.filter(({ job, outcome }) => job === name && outcome === 'lost').length > 1)
        .map((name) => `more than one run of ${name} was lost`),
    ];
  }

  #job(name: JobName, repeatable: boolean): JobSpec {
    const run = async () => {
      if (!this.isDead) this.#ran[name] += 1;
      return { ran: this.#ran[name] };
    };
    return { name, repeatable, canDry: false, limitSeconds: 60, run };
  }

  /** After the kill, nothing of the process reaches the store any more. */
  #mortal<Store extends object>(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const method = Reflect.get(target, name) as (...given: unknown[]) => unknown;
        return (...given: unknown[]) => {
          this.#callsLeft -= 1;
          if (this.#callsLeft < 0) this.isDead = true;
          if (this.isDead) throw new Error('this process was killed');
          return method.apply(target, given);
        };
      },
    });
  }
}
