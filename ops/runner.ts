import { type ScheduledTask, schedule, validate } from 'node-cron';
import type { Clock } from '../core/clock.ts';
import type { Control } from '../core/control.ts';
import { AppError } from '../core/errors.ts';
import { JOB_NAMES, type JobCause, type JobName, type JobRun } from '../core/job.ts';
import { type Logger, reference } from '../core/log.ts';
import type { JobSpec } from './job-spec.ts';
import { lastDue } from './last-due.ts';

/** node-cron gets this long for its own run before a due time counts as missed. */
const GRACE_MS = 60_000;

/** At a stop, jobs get this long to end by themselves. */
const STOP_MS = 10_000;

export interface RunnerOptions {
  readonly jobs: readonly JobSpec[];
  /** Cron expression per job; empty: never on its own. */
  readonly schedules: Readonly<Record<JobName, string>>;
  readonly control: Pick<Control, 'jobs' | 'alerts'>;
  readonly log: Logger;
  readonly clock: Clock;
}

/** How a run ended, or `skipped`: the job was running already, or the process is stopping. */
export type RunOutcome = 'ok' | 'failed' | 'skipped';

/**
 * Runs jobs: on schedule, after a missed time, or when asked. Each run leaves a record in the control store; a failure
 * leaves a reference id in record, log and alert. One run per job at a time. The caller holds the ops lock.
 */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #stop = new AbortController();
  /** Work under way, also of a run that was given up but has not ended yet. */
  readonly #busy = new Map<JobName, Promise<unknown>>();
  #tasks: ScheduledTask[] = [];

  /** Throws AppError `invalid` when jobs, names and schedules do not fit together. */
  constructor(options: RunnerOptions) {
    this.#options = options;
    const names = options.jobs.map((job) => job.name);
    const known = JOB_NAMES.every((name) => names.filter((one) => one === name).length === 1);
    if (!known || names.length !== JOB_NAMES.length)
      throw new AppError('invalid', 'the list of jobs does not fit their names');
    for (const [name, expression] of Object.entries(options.schedules)) {
      if (!names.includes(name as JobName)) throw new AppError('invalid', `there is no job ${name}`);
      if (expression !== '' && !validate(expression))
        throw new AppError('invalid', `the schedule of ${name} is no cron expression`);
    }
  }

  /** Settles what a killed process left behind, catches up on what was missed, and starts the schedules. */
  start(): void {
    const { control, log, clock } = this.#options;
    const lost = control.jobs.markLost(clock());
    if (lost > 0) {
      log.warn({ count: lost }, 'runs were cut off when the process died');
      control.alerts.raise({ code: 'job-lost', severity: 'warning', facts: { count: lost } });
    }
    this.#catchUp({ graceMs: 0, redoInterrupted: true });
    const silent = { info() {}, debug() {}, warn() {}, error: () => log.error('a schedule failed') };
    for (const { name } of this.#scheduled()) {
      const expression = this.#options.schedules[name];
      this.#tasks.push(schedule(expression, () => void this.#onSchedule(name), { name, logger: silent }));
    }
  }

  /** Runs what is overdue: after a sleep of the machine, a clock change, or a time that daylight saving skipped. Called every minute. */
  catchUp(): void {
    this.#catchUp({ graceMs: GRACE_MS, redoInterrupted: false });
  }

  /** Runs one job now. Never rejects: a failure is recorded, logged and raised as an alert. */
  async run(name: JobName, cause: JobCause): Promise<RunOutcome> {
    const job = this.#options.jobs.find((one) => one.name === name)!;
    if (this.#busy.has(name) || this.#stop.signal.aborted) {
      this.#options.log.warn({ job: name, cause }, 'run skipped: the job is running already, or the process stops');
      return 'skipped';
    }
    try {
      return await this.#record(job, cause);
    } catch (thrown) {
      // The record itself could not be written (full disk, broken store): the log is the only place left.
      this.#options.log.error({ err: thrown, job: name, reference: reference() }, 'a run could not be recorded');
      return 'failed';
    }
  }

  /** Stops the schedules, aborts what runs, and waits (at most ten seconds) for it to end. */
  async stop(): Promise<void> {
    for (const task of this.#tasks) await task.destroy();
    this.#tasks = [];
    this.#stop.abort(new AppError('unavailable', 'the process is stopping'));
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, STOP_MS);
    });
    await Promise.race([Promise.allSettled(this.#busy.values()), patience]);
    clearTimeout(timer);
  }

  async #onSchedule(name: JobName): Promise<void> {
    const now = this.#options.clock();
    const due = lastDue(this.#options.schedules[name], now) ?? now;
    const last = this.#options.control.jobs.last(name);
    // Caught up a moment ago. A start in the future is a clock that was set back; it must not block anything.
    if (last !== undefined && last.startedAt >= due && last.startedAt <= now) return;
    await this.run(name, 'schedule');
  }

  #catchUp(options: { graceMs: number; redoInterrupted: boolean }): void {
    const { control, schedules, clock } = this.#options;
    for (const { name } of this.#scheduled()) {
      const due = lastDue(schedules[name], clock() - options.graceMs);
      const last = control.jobs.last(name);
      const missed = due !== undefined && (last === undefined || last.startedAt < due);
      if (missed || (options.redoInterrupted && wasInterrupted(last))) void this.run(name, 'catch-up');
    }
  }

  #scheduled(): JobSpec[] {
    return this.#options.jobs.filter((job) => this.#options.schedules[job.name] !== '');
  }

  async #record(job: JobSpec, cause: JobCause): Promise<RunOutcome> {
    const { control, clock, log } = this.#options;
    const previous = control.jobs.recent(1000).find((run) => run.job === job.name && run.outcome === 'ok');
    const id = control.jobs.start(job.name, cause, clock());
    const result = await this.#perform(job, previous);
    const at = clock();
    if ('figures' in result) {
      control.jobs.finish(id, { at, outcome: 'ok', figures: result.figures });
      control.alerts.clear(failureKey(job.name));
      return 'ok';
    }
    if (this.#stop.signal.aborted) {
      control.jobs.finish(id, { at, outcome: 'failed', figures: { stopped: 1 } });
      return 'failed';
    }
    const ref = reference();
    log.error({ err: result.thrown, job: job.name, cause, reference: ref }, 'a job failed');
    control.jobs.finish(id, { at, outcome: 'failed', reference: ref });
    const facts = { job: job.name, reference: ref };
    control.alerts.raise({ code: 'job-failed', severity: 'warning', key: failureKey(job.name), facts });
    return 'failed';
  }

  /** The job's figures or what it threw; at the latest when its time is up, even if the job itself does not listen. */
  async #perform(
    job: JobSpec,
    previous: JobRun | undefined,
  ): Promise<{ figures: JobRun['figures'] } | { thrown: unknown }> {
    const { clock, log } = this.#options;
    const limit = new AbortController();
    const overdue = new AppError('unavailable', `the job ${job.name} took longer than ${job.limitSeconds} seconds`);
    const timer = setTimeout(() => limit.abort(overdue), job.limitSeconds * 1000);
    const signal = AbortSignal.any([this.#stop.signal, limit.signal]);
    const start = async () => job.run({ signal, clock, log: log.child({ job: job.name }), previous });
    const work = start();
    this.#busy.set(job.name, work);
    work.catch(() => {}).finally(() => this.#busy.delete(job.name));
    try {
      return { figures: await Promise.race([work, aborted(signal)]) };
    } catch (thrown) {
      return { thrown };
    } finally {
      clearTimeout(timer);
    }
  }
}

function failureKey(job: JobName): string {
  return `job-failed:${job}`;
}

/** Cut off by a kill or a stop. A catch-up that was cut off is not repeated: a job that brings the process down must not do so for ever. */
function wasInterrupted(run: JobRun | undefined): boolean {
  if (run === undefined || run.cause === 'catch-up') return false;
  return run.outcome === 'lost' || run.figures.stopped === 1;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
