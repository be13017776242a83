import type { Clock } from '../core/clock.ts';
import type { JobName, JobProgress, JobRun } from '../core/job.ts';
import type { Logger } from '../core/log.ts';

/** What the runner lends to a job for one run. */
export interface JobContext {
  /** Aborts at the job's time limit, when an admin cancels the run, and when the process stops. A job must end soon after. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
  /** The newest run of this job that went well, did something and was no dry run; undefined before the first. */
  readonly previous: JobRun | undefined;
  /** Nothing may be changed: the run says in its figures what it would do. True only where the job `canDry`. */
  readonly dry: boolean;
  /** Somebody asked for this run and waits for what it says; missing: nobody did. */
  readonly isAsked?: boolean;
  /**
   * Tells how far the run is, as often as the job likes: the newest step is written every few seconds. Steps are keys of
   * the catalogue (`JOB_STEPS` in bot/wording/facts/jobs.ts). Throws AppError `invalid` when the step is no key.
   */
  progress(step: JobProgress): void;
}

/** A job as a value. Failing means throwing; the runner records, logs and alerts. */
export interface JobSpec {
  readonly name: JobName;
  /** The run is aborted after so many seconds and counts as failed. */
  readonly limitSeconds: number;
  /** Whether it knows a dry run; asking for one of a job that does not is refused in words. */
  readonly canDry: boolean;
  /** Whether a run that was cut off by a kill or a stop may be done over without anybody asking, once. */
  readonly repeatable: boolean;
  /** Returns counts and sizes for the record of the run; one of `NOTHING_DONE` among them says that it did nothing, and why. */
  run(context: JobContext): Promise<JobRun['figures']>;
}
