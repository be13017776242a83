/** The closed list of jobs that the runner knows today. */
export const JOB_NAMES = ['health', 'audit', 'hostUpdates', 'update'] as const;
export type JobName = (typeof JOB_NAMES)[number];

/** Whose runs are recorded: the runner's jobs, and the bot's own retention, which opens the tenants' files. */
export type RecordedJob = JobName | 'retention';

/** Why a run happened. */
export type JobCause = 'schedule' | 'catch-up' | 'request';

/** One finished or running run. `figures` are counts and sizes only. */
export interface JobRun {
  readonly id: number;
  readonly job: RecordedJob;
  readonly cause: JobCause;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: 'running' | 'ok' | 'failed' | 'lost';
  /** Reference id of the failure in the log; null when it went well. */
  readonly reference: string | null;
  readonly figures: Readonly<Record<string, number | string>>;
}

/** Records of runs, and requests from the ops room. Implemented by core/sqlite. */
export interface JobLog {
  start(job: RecordedJob, cause: JobCause, at: number): number;
  finish(
    id: number,
    result: { at: number; outcome: 'ok' | 'failed'; reference?: string; figures?: JobRun['figures'] },
  ): void;
  /** Runs that were left `running` by a killed process become `lost`. Returns how many. */
  markLost(at: number): number;
  last(job: RecordedJob): JobRun | undefined;
  recent(limit: number): JobRun[];
  /** Removes finished runs that began before a time, but the last of each job and the last that went well. Returns how many. */
  removeBefore(time: number): number;
}

/** What a long-running process tells the other about itself: counts and sizes, replaced at every beat. */
export interface Heartbeat {
  readonly process: 'bot' | 'ops';
  readonly at: number;
  readonly figures: Readonly<Record<string, number | string>>;
}

/** Heartbeats of both processes. Implemented by core/sqlite. */
export interface Heartbeats {
  beat(heartbeat: Heartbeat): void;
  of(process: Heartbeat['process']): Heartbeat | undefined;
}
