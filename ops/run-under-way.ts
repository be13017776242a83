import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { isStepKey, type JobCause, type JobProgress, type JobRun } from '../core/job.ts';
import type { Logger } from '../core/log.ts';
import { CutOff } from './cut-off.ts';
import type { JobSpec } from './job-spec.ts';

/** How a run came to be, and what it is given. */
export interface RunStart {
  readonly job: JobSpec;
  readonly cause: JobCause;
  readonly dry: boolean;
  readonly previous: JobRun | undefined;
}

/** The job's figures, or what it threw, or what ended it: its time limit, a wish to cancel, the stop of the process. */
export type RunEnd = { readonly figures: JobRun['figures'] } | { readonly thrown: unknown };

/** One run of a job while it lasts. Made by the runner alone. */
export class RunUnderWay {
  readonly start: RunStart;
  /** Id of its record. */
  readonly id: number;
  /** What the job itself does; ends when the job has really ended, also after the run was given up. */
  readonly work: Promise<unknown>;
  readonly #cancel = new AbortController();
  readonly #limit = new AbortController();
  readonly #signal: AbortSignal;
  #news: JobProgress | undefined;

  constructor(id: number, start: RunStart, around: { stop: AbortSignal; clock: Clock; log: Logger }) {
    this.id = id;
    this.start = start;
    this.#signal = AbortSignal.any([around.stop, this.#limit.signal, this.#cancel.signal]);
    const { job, cause, dry, previous } = start;
    const context = {
      ...{ signal: this.#signal, clock: around.clock, log: around.log.child({ job: job.name }) },
      ...{ previous, dry, isAsked: cause === 'request' },
      progress: (step: JobProgress) => this.#tell(step),
    };
    const begin = async () => job.run(context);
    this.work = begin();
    this.work.catch(() => {});
  }

  get isCancelled(): boolean {
    return this.#cancel.signal.aborted;
  }

  cancel(): void {
    this.#cancel.abort(new CutOff('cancelled', `the job ${this.start.job.name} was cancelled`));
  }

  /** What the job told since this was asked last; undefined when there is nothing new. */
  takeNews(): JobProgress | undefined {
    const news = this.#news;
    this.#news = undefined;
    return news;
  }

  /** How it ends; at the latest when its time is up, even if the job itself does not listen. */
  async ended(): Promise<RunEnd> {
    const { name, limitSeconds } = this.start.job;
    const overdue = new AppError('unavailable', `the job ${name} took longer than ${limitSeconds} seconds`);
    const timer = setTimeout(() => this.#limit.abort(overdue), limitSeconds * 1000);
    try {
      return { figures: (await Promise.race([this.work, aborted(this.#signal)])) as JobRun['figures'] };
    } catch (thrown) {
      return { thrown };
    } finally {
      clearTimeout(timer);
    }
  }

  #tell(step: JobProgress): void {
    if (!isStepKey(step.step)) throw new AppError('invalid', 'a step of a job is named by its key');
    this.#news = step;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
