import type { PersonId } from './caller.ts';

/** The closed list of jobs that the runner knows today. */
export const JOB_NAMES = [
  ...(['health', 'backup', 'drill', 'send', 'sendBeside', 'audit', 'digest'] as const),
  ...(['hostUpdates', 'update', 'evidence', 'rehearsal', 'checklist'] as const),
  ...(['sshHostKeys', 'wireguard'] as const),
] as const;
export type JobName = (typeof JOB_NAMES)[number];

/** Jobs that never run by themselves, nor by `!run`: another command asks for them, once it was confirmed. */
export const CONFIRMED_JOBS = ['sshHostKeys', 'wireguard'] as const satisfies readonly JobName[];
export type ConfirmedJob = (typeof CONFIRMED_JOBS)[number];

/** Whose runs are recorded: the runner's jobs, and the bot's own retention, which opens the tenants' files. */
export type RecordedJob = JobName | 'retention';

/** Why a run happened. */
export type JobCause = 'schedule' | 'catch-up' | 'request';

/**
 * How far a run has come. `step` is a key of the wording catalogue without its `step.` ("health.probe"), never free text;
 * `done` of `total` are counts, each left out where nobody knows it.
 */
export interface JobProgress {
  readonly step: string;
  readonly done?: number;
  readonly total?: number;
}

/** Whether a step is named by a key; whatever else stands there may be somebody's words. */
export function isStepKey(step: string): boolean {
  return /^[a-z][a-z0-9-]{0,30}\.[a-z][a-z0-9-]{0,30}$/.test(step);
}

/**
 * Why a run did nothing, as its one telling figure names it (1): what it takes is not set up in this household, everything was done already, or
 * there is less than a day to tell of.
 */
export const NOTHING_DONE = ['notSetUp', 'nothingNew', 'tooEarly'] as const;
export type NothingDone = (typeof NOTHING_DONE)[number];

/** What the figures of a run say of that; undefined when it did something. */
export function nothingDone(figures: JobRun['figures']): NothingDone | undefined {
  return NOTHING_DONE.find((why) => figures[why] !== undefined);
}

/** One finished or running run. `figures` are counts and sizes only. */
export interface JobRun {
  readonly id: number;
  readonly job: RecordedJob;
  readonly cause: JobCause;
  /** A dry run changes nothing and counts for no schedule. */
  readonly dry: boolean;
  readonly startedAt: number;
  /** The moment that schedules count from: the start, or when it was noticed that the clock had been set far back since. */
  readonly countsAt: number;
  readonly endedAt: number | null;
  /** `nothing`: it went well, and there was nothing to do (`nothingDone` says why). */
  readonly outcome: 'running' | 'ok' | 'nothing' | 'failed' | 'cancelled' | 'lost';
  /** Reference id of the failure in the log; null when it did not fail. */
  readonly reference: string | null;
  readonly figures: Readonly<Record<string, number | string>>;
  /** null before the first step, and for jobs that tell none. */
  readonly progress: JobProgress | null;
  /** Somebody wishes that it ends. */
  readonly cancelAsked: boolean;
}

/** How a run ended, for its record. `again`: it was cut off, and the requests behind it wait for one more run. */
export interface JobResult {
  readonly at: number;
  readonly outcome: 'ok' | 'nothing' | 'failed' | 'cancelled';
  readonly reference?: string;
  readonly figures?: JobRun['figures'];
  readonly again?: boolean;
}

/** When a job runs by itself, as the runner sees it. `schedule`: a cron expression, empty when it is off. */
export interface JobPlan {
  readonly job: JobName;
  readonly schedule: string;
  /** Milliseconds since 1970; null when it never comes. */
  readonly nextAt: number | null;
}

/** Records of runs. Implemented by core/sqlite. */
export interface JobLog {
  start(job: RecordedJob, cause: JobCause, at: number): number;
  finish(id: number, result: JobResult): void;
  /** Keeps how far a run has come. Throws AppError `invalid` when the step is no key. */
  note(id: number, progress: JobProgress): void;
  /**
   * Runs that were left `running` by a killed process become `lost`, or `cancelled` where that was asked. Requests behind
   * a lost run of one of the `repeatable` jobs wait for one more run, once. Returns how many were lost.
   */
  markLost(at: number, repeatable: readonly JobName[]): number;
  /** The newest run of a job that was no dry run. */
  last(job: RecordedJob): JobRun | undefined;
  /** The newest such run that went well and did something. */
  lastGood(job: RecordedJob): JobRun | undefined;
  /** The newest such run that has ended. */
  lastEnded(job: RecordedJob): JobRun | undefined;
  /** Runs under way, dry ones too; or cut off by a kill that was not settled yet. */
  underWay(): JobRun[];
  /** Runs under way whose end is wished for. */
  toCancel(): number[];
  /** Lets a run that began later than now, by a clock since set back, count from this moment (`JobRun.countsAt`). */
  countFrom(id: number, at: number): void;
  /** Newest first. */
  recent(limit: number): JobRun[];
  /** How runs that began at a time or later ended, dry ones left out: one line for each job and outcome. */
  outcomesSince(time: number): { readonly job: string; readonly outcome: JobRun['outcome']; readonly count: number }[];
  /** Replaces what is known about schedules. */
  plan(plans: readonly JobPlan[]): void;
  plans(): JobPlan[];
  /**
   * Removes finished runs that began before a time, but the last of each job and the last that went well; and what was
   * asked before it and is settled. Returns how many runs.
   */
  removeBefore(time: number): number;
}

/** Why a request is not run: the runner has no such job, or the job knows no dry run. */
export type JobRefusal = 'no-job' | 'no-dry';

/** What somebody asks for. `source` is the message that asks: it asks once, however often it is handled. */
export interface JobWish {
  readonly source: string;
  readonly person: PersonId;
  readonly job: JobName;
  readonly dry: boolean;
  readonly at: number;
}

/** A request as stored. */
export interface JobRequest {
  readonly id: number;
  readonly source: string;
  readonly person: PersonId;
  readonly job: JobName;
  readonly dry: boolean;
  readonly askedAt: number;
  /** `withdrawn`: cancelled before it began. `started`: `run` says the rest. */
  readonly state: 'waiting' | 'started' | 'refused' | 'withdrawn';
  readonly refusal: JobRefusal | null;
  /** The run that serves it; null before it began, and when its record is gone. */
  readonly run: JobRun | null;
  /** How often it was cut off and waited anew. */
  readonly repeats: number;
  /** How many edits of its message were queued. */
  readonly edits: number;
}

/** What a wish to cancel met: requests that had not begun, now withdrawn, and runs that are asked to end. */
export interface CancelOutcome {
  readonly withdrawn: number;
  readonly running: number;
}

/** What people ask of the runner, who told them what. Implemented by core/sqlite; bot and ops meet here. */
export interface JobRequests {
  /** Stores a request; the stored one when its message asked before. */
  ask(wish: JobWish): JobRequest;
  /** Withdraws what waits of a job and asks its runs to end; what it met before when its message asked before. */
  cancel(wish: Pick<JobWish, 'source' | 'person' | 'job' | 'at'>): CancelOutcome;
  /** Requests that did not begin yet, oldest first. */
  waiting(): JobRequest[];
  /** Begins one run for requests that want the same, in one step. Returns its id; undefined when none of them waits any more. */
  start(ids: readonly number[], at: number): number | undefined;
  refuse(id: number, why: JobRefusal): void;
  /** Requests whose end was not told yet, oldest first. */
  untold(): JobRequest[];
  /** An edit of the request's message was queued. */
  noteEdit(id: number): void;
  /** Its end was told, or there is nobody to tell. */
  noteTold(id: number): void;
}

/** What a long-running process tells the other about itself: counts and sizes, replaced at every beat. */
export interface Heartbeat {
  readonly process: 'bot' | 'ops';
  readonly at: number;
  readonly figures: Readonly<Record<string, number | string>>;
}

/** A figure of a heartbeat; null where there is none, the process does not say it, or says -1: it does not know. */
export function knownFigure(beat: Pick<Heartbeat, 'figures'> | undefined, name: string): number | null {
  const value = beat?.figures[name];
  return typeof value === 'number' && value >= 0 ? value : null;
}

/** Heartbeats of both processes. Implemented by core/sqlite. */
export interface Heartbeats {
  beat(heartbeat: Heartbeat): void;
  of(process: Heartbeat['process']): Heartbeat | undefined;
}
