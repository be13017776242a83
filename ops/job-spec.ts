import type { Clock } from '../core/clock.ts';
import type { JobName, JobRun } from '../core/job.ts';
import type { Logger } from '../core/log.ts';

/** What the runner lends to a job for one run. */
export interface JobContext {
  /** Aborts at the job's time limit and when the process stops. A job must end soon after. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
  /** The newest run of this job that went well; undefined before the first. */
  readonly previous: JobRun | undefined;
}

/** A job as a value. Failing means throwing; the runner records, logs and alerts. */
export interface JobSpec {
  readonly name: JobName;
  /** The run is aborted after so many seconds and counts as failed. */
  readonly limitSeconds: number;
  /** Returns counts and sizes for the record of the run. */
  run(context: JobContext): Promise<JobRun['figures']>;
}
