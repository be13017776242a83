import { validate } from 'node-cron';
import type { Clock } from '../core/clock.ts';
import type { Control } from '../core/control.ts';
import { AppError } from '../core/errors.ts';
import type { JobCause, JobName, JobPlan, JobRequest, JobRun } from '../core/job.ts';
import { type Logger, reference } from '../core/log.ts';
import { CutOff } from './cut-off.ts';
import type { JobSpec } from './job-spec.ts';
import { judgeSchedule } from './judge-schedule.ts';
import { nextDue } from './next-due.ts';
import { RunRecords } from './run-records.ts';
import { type RunStart, RunUnderWay } from './run-under-way.ts';

/** At a stop, jobs get this long to end by themselves. */
const STOP_MS = 10_000;

/** After a failed tick (a full disk, a broken store) so many are left out. */
const REST_TICKS = 30;

/** Progress is written every so many ticks. */
const PROGRESS_TICKS = 3;

export interface RunnerOptions {
  readonly jobs: readonly JobSpec[];
  /** Cron expression per job; empty: never on its own. */
  readonly schedules: Readonly<Record<JobName, string>>;
  readonly control: Pick<Control, 'jobs' | 'requests' | 'alerts'>;
  readonly log: Logger;
  readonly clock: Clock;
}

/** How a run ended, or `skipped`: the job was running already, or the process is stopping. */
export type RunOutcome = 'ok' | 'nothing' | 'failed' | 'cancelled' | 'skipped';

/**
 * Runs jobs: on schedule, after a missed time, or when asked. Each run leaves a record in the control store; a failure
 * leaves a reference id in record, log and alert. One run per job at a time: what comes meanwhile waits for its end. The
 * caller holds the ops lock.
 */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #records: RunRecords;
  readonly #stop = new AbortController();
  /** Work under way, also of a run that was given up but has not ended yet. */
  readonly #busy = new Map<JobName, RunUnderWay>();
  /** Jobs whose run on schedule was cut off. */
  #redo: ReadonlySet<JobName> = new Set();
  #hasBegun = false;
  #ticks = 0;
  #rest = 0;
  #minute: number | undefined;
  #planned = '';

  /** Throws AppError `invalid` when jobs and schedules do not fit together. */
  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#records = new RunRecords({ ...options, stop: this.#stop.signal });
    const names = options.jobs.map((job) => job.name);
    for (const [name, expression] of Object.entries(options.schedules)) {
      if (!names.includes(name as JobName)) throw new AppError('invalid', `there is no job ${name}`);
      if (expression !== '' && !validate(expression))
        throw new AppError('invalid', `the schedule of ${name} is no cron expression`);
    }
    if (new Set(names).size !== names.length || names.some((name) => options.schedules[name] === undefined))
      throw new AppError('invalid', 'the list of jobs does not fit the schedules');
  }

  /**
   * One look at everything, to be called every second: what a killed process left behind (at first), ends that could not be
   * recorded, progress, wishes to cancel, requests and, each minute, the schedules. Never throws: after trouble it rests
   * for half a minute, and nothing is lost by that.
   */
  tick(): void {
    if (this.#stop.signal.aborted) return;
    if (this.#rest > 0) {
      this.#rest -= 1;
      return;
    }
    try {
      if (!this.#hasBegun) this.#begin();
      this.#ticks += 1;
      this.#records.writeRest();
      this.#noteProgress();
      this.#cancelWhatIsAsked();
      this.#takeRequests();
      this.#lookAtSchedules();
    } catch (thrown) {
      this.#rest = REST_TICKS;
      this.#options.log.error({ err: thrown, reference: reference() }, 'the runner could not do its work; tried again');
    }
  }

  /** Runs one job now. Never rejects: a failure is recorded, logged and raised as an alert. */
  async run(name: JobName, cause: JobCause): Promise<RunOutcome> {
    const job = this.#options.jobs.find((one) => one.name === name)!;
    if (this.#busy.has(name) || this.#stop.signal.aborted) {
      this.#options.log.warn({ job: name, cause }, 'run skipped: the job is running already, or the process stops');
      return 'skipped';
    }
    try {
      return (await this.#launch({ job, cause })) ?? 'skipped';
    } catch (thrown) {
      // The record itself could not be written (full disk, broken store): the log is the only place left.
      this.#options.log.error({ err: thrown, job: name, reference: reference() }, 'a run could not be recorded');
      return 'failed';
    }
  }

  /** Lets nothing new begin, aborts what runs, and waits (at most ten seconds) for it to end. */
  async stop(): Promise<void> {
    this.#stop.abort(new CutOff('stopped', 'the process is stopping'));
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, STOP_MS);
    });
    const works = [...this.#busy.values()].map((run) => run.work);
    await Promise.race([Promise.allSettled(works), patience]);
    clearTimeout(timer);
  }

  /** Settles what a killed process left behind. */
  #begin(): void {
    const { control, log, clock, jobs } = this.#options;
    const repeatable = jobs.filter((job) => job.repeatable).map((job) => job.name);
    const lost = control.jobs.markLost(clock(), repeatable);
    this.#hasBegun = true;
    this.#redo = new Set(repeatable.filter((name) => wasInterrupted(control.jobs.last(name))));
    if (lost === 0) return;
    log.warn({ count: lost }, 'runs were cut off when the process died');
    control.alerts.raise({ code: 'job-lost', severity: 'warning', facts: { count: lost } });
  }

  #noteProgress(): void {
    if (this.#ticks % PROGRESS_TICKS !== 0) return;
    for (const run of this.#busy.values()) {
      const news = run.takeNews();
      if (news !== undefined) this.#options.control.jobs.note(run.id, news);
    }
  }

  #cancelWhatIsAsked(): void {
    if (this.#busy.size === 0) return;
    const asked = this.#options.control.jobs.toCancel();
    for (const run of this.#busy.values()) if (asked.includes(run.id)) run.cancel();
  }

  /** Requests that want the same are one run; those of a job that runs wait for its end. */
  #takeRequests(): void {
    const { control, jobs } = this.#options;
    const waiting = control.requests.waiting();
    for (const request of waiting) {
      const job = jobs.find((one) => one.name === request.job);
      if (job === undefined) control.requests.refuse(request.id, 'no-job');
      else if (request.dry && !job.canDry) control.requests.refuse(request.id, 'no-dry');
      else if (!this.#busy.has(job.name)) {
        const same = waiting.filter((other) => wantsTheSame(request, other));
        void this.#launch({ job, cause: 'request', requests: same });
      }
    }
  }

  /** What is due goes by the clock's minutes, so each is looked at once; a job that runs is looked at again in the next. */
  #lookAtSchedules(): void {
    const { control, jobs, schedules, clock, log } = this.#options;
    const now = clock();
    const minute = Math.floor(now / 60_000);
    if (minute === this.#minute) return;
    for (const job of jobs) {
      if (schedules[job.name] === '') continue;
      const last = control.jobs.last(job.name);
      const verdict = judgeSchedule(schedules[job.name], last?.countsAt, now);
      if (verdict === 'clock-set-back') {
        log.warn({ job: job.name }, 'the clock was set back: the schedule counts from now on');
        control.jobs.countFrom(last!.id, now);
      }
      const isDue = verdict === 'schedule' || verdict === 'catch-up';
      if (this.#busy.has(job.name) || !(isDue || this.#redo.has(job.name))) continue;
      void this.#launch({ job, cause: isDue ? verdict : 'catch-up' });
    }
    this.#redo = new Set();
    this.#plan(now);
    this.#minute = minute;
  }

  #plan(now: number): void {
    const { control, jobs, schedules } = this.#options;
    const plans: JobPlan[] = jobs.map(({ name }) => {
      const schedule = schedules[name];
      return { job: name, schedule, nextAt: schedule === '' ? null : (nextDue(schedule, now) ?? null) };
    });
    const text = JSON.stringify(plans);
    if (text === this.#planned) return;
    control.jobs.plan(plans);
    this.#planned = text;
  }

  /** Records the start, which may throw; then runs. undefined when every request was withdrawn meanwhile. */
  #launch(what: { job: JobSpec; cause: JobCause; requests?: readonly JobRequest[] }): Promise<RunOutcome> | undefined {
    const { control, clock } = this.#options;
    const { job, cause, requests } = what;
    const previous = control.jobs.lastGood(job.name);
    const id =
      requests === undefined
        ? control.jobs.start(job.name, cause, clock())
        : control.requests.start(
            requests.map((request) => request.id),
            clock(),
          );
    if (id === undefined) return undefined;
    const [first] = requests ?? [];
    return this.#see(id, { job, cause, previous, dry: first?.dry ?? false });
  }

  async #see(id: number, start: RunStart): Promise<RunOutcome> {
    const { clock, log } = this.#options;
    const run = new RunUnderWay(id, start, { stop: this.#stop.signal, clock, log });
    const { name } = start.job;
    this.#busy.set(name, run);
    run.work.catch(() => {}).finally(() => this.#busy.delete(name));
    return this.#records.end(run, await run.ended());
  }
}

function wantsTheSame(one: JobRequest, other: JobRequest): boolean {
  return one.job === other.job && one.dry === other.dry;
}

/** On schedule, and cut off by a kill or a stop. A catch-up that was cut off is not repeated: a job that brings the process down must not do so for ever. */
function wasInterrupted(run: JobRun | undefined): boolean {
  if (run?.cause !== 'schedule') return false;
  return run.outcome === 'lost' || run.figures.stopped === 1;
}
