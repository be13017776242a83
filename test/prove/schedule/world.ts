import Database from 'better-sqlite3';
import type { PersonId } from '../../../core/caller.ts';
import type { JobName } from '../../../core/job.ts';
import { createLogger } from '../../../core/log.ts';
import { AlertStore } from '../../../core/sqlite/alert-store.ts';
import { CONTROL_MIGRATIONS } from '../../../core/sqlite/control-migrations.ts';
import { JobRequestStore } from '../../../core/sqlite/job-request-store.ts';
import { JobStore } from '../../../core/sqlite/job-store.ts';
import { migrate } from '../../../core/sqlite/migrate.ts';
import type { JobContext, JobSpec } from '../../../ops/job-spec.ts';
import { Runner, type RunnerOptions } from '../../../ops/runner.ts';
import type { SampleJob } from './sample-jobs.ts';
import type { History, Pace, Step } from './script-step.ts';

const ADA = '@ada:home.test' as PersonId;

/** The real runner on a real store, with a clock of its own, jobs that behave as told, and processes that die. */
export class World {
  readonly #jobs: readonly SampleJob[];
  readonly #db = new Database(':memory:');
  readonly #control: RunnerOptions['control'];
  readonly #paces = new Map<string, Pace>();
  readonly #cancels: History['cancels'][number][] = [];
  #held = new Map<string, () => void>();
  #runner: Runner | undefined;
  #full = false;
  #now = 0;

  constructor(jobs: readonly SampleJob[]) {
    this.#jobs = jobs;
    migrate(this.#db, CONTROL_MIGRATIONS);
    prepareOnce(this.#db);
    const clock = () => this.#now;
    this.#control = {
      jobs: new JobStore(this.#db),
      requests: new JobRequestStore(this.#db),
      alerts: new AlertStore(this.#db, clock),
    };
  }

  /** One step, and everything that it sets off. */
  async apply(step: Step): Promise<void> {
    if ('at' in step) this.#now = step.at;
    if (step.kind === 'tick') this.#runner?.tick();
    else if (step.kind === 'ask') this.#ask(step);
    else if (step.kind === 'cancel') this.#cancel(step);
    else if (step.kind === 'pace') this.#paces.set(step.job, step.pace);
    else if (step.kind === 'end') this.#release(step.job);
    else if (step.kind === 'disk') this.#fill(step.full);
    else if (step.kind === 'kill') this.#forget();
    else if (step.kind === 'stop') await this.#stop();
    else this.#runner ??= this.#start();
    await new Promise((resolve) => setImmediate(resolve));
  }

  get history(): History {
    const runs = this.#control.jobs.recent(10_000_000).reverse();
    const places = new Map(runs.map((run, place) => [run.id, place]));
    return {
      runs: runs.map(({ job, cause, dry, startedAt, countsAt, endedAt, outcome }) => {
        return { job, cause, dry, started: startedAt, counts: countsAt, ended: endedAt, outcome };
      }),
      requests: this.#control.requests.untold().map(({ source, state, refusal, run, repeats }) => {
        return { source, state, refusal, run: run === null ? null : (places.get(run.id) ?? -1), repeats };
      }),
      cancels: this.#cancels,
    };
  }

  #ask({ source, job, dry, at }: Extract<Step, { kind: 'ask' }>): void {
    if (this.#full) return;
    this.#control.requests.ask({ source, person: ADA, job: job as JobName, dry, at });
  }

  #cancel({ source, job, at }: Extract<Step, { kind: 'cancel' }>): void {
    if (this.#full) return;
    const met = this.#control.requests.cancel({ source, person: ADA, job: job as JobName, at });
    if (!this.#cancels.some((one) => one.source === source)) this.#cancels.push({ source, ...met });
  }

  #start(): Runner {
    const schedules = Object.fromEntries(this.#jobs.map(({ name, schedule }) => [name, schedule]));
    return new Runner({
      jobs: this.#jobs.map((job) => this.#spec(job)),
      schedules: schedules as RunnerOptions['schedules'],
      control: this.#control,
      log: createLogger({ name: 'prove', level: 'silent' }),
      clock: () => this.#now,
    });
  }

  #spec({ name, canDry, repeatable }: SampleJob): JobSpec {
    const run = (context: JobContext) => this.#work(name, context);
    // The longest that a timer takes: the time limit is not what is proven here.
    return { name: name as JobName, canDry, repeatable, limitSeconds: 2_000_000, run };
  }

  #work(name: string, { signal }: JobContext): Promise<Record<string, number>> {
    const pace = this.#paces.get(name) ?? 'quick';
    if (pace === 'quick') return Promise.resolve({ done: 1 });
    if (pace === 'failing') return Promise.reject(new Error('told to fail'));
    return new Promise((resolve, reject) => {
      this.#held.set(name, () => resolve({ done: 1 }));
      if (pace === 'held') signal.addEventListener('abort', () => reject(signal.reason));
    });
  }

  #release(job: string): void {
    this.#held.get(job)?.();
    this.#held.delete(job);
  }

  async #stop(): Promise<void> {
    const stopped = this.#runner?.stop();
    for (const job of [...this.#held.keys()]) this.#release(job);
    await stopped;
    this.#forget();
  }

  /** As a kill leaves it: nothing of the process does anything any more. */
  #forget(): void {
    this.#runner = undefined;
    this.#held = new Map();
  }

  #fill(full: boolean): void {
    this.#full = full;
    this.#db.pragma(`query_only = ${full ? 'ON' : 'OFF'}`);
  }
}

/** The stores prepare each statement anew, which takes most of the time when years are to pass. */
function prepareOnce(db: Database.Database): void {
  const prepare = db.prepare.bind(db);
  const known = new Map<string, Database.Statement>();
  db.prepare = ((sql: string) => {
    const statement = known.get(sql) ?? prepare(sql);
    known.set(sql, statement);
    return statement;
  }) as typeof db.prepare;
}
