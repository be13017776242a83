import type { ConfirmedJob, JobName, JobRefusal, JobRun, NothingDone } from '../../../core/job.ts';
import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What jobs say while they work (`JobContext.progress`). A test compares it with the sources of the jobs. */
export const JOB_STEPS = [
  'health.probe',
  'backup.freezing',
  'backup.writing',
  'backup.verifying',
  'drill.fetching',
  'drill.opening',
  'drill.asking',
  'send.sending',
  'update.looking',
  'update.models',
  'update.pulling',
  'update.measuring',
  'update.fetching',
  'update.noting',
  'update.switching',
  'host.installing',
  'evidence.gathering',
  'evidence.sealing',
  'rehearsal.going',
  'host.changing',
  'checklist.reading',
] as const;
type JobStep = (typeof JOB_STEPS)[number];

/** Figures of runs that have words; others are shown by their names. */
export const JOB_FIGURES = [
  ...(['generation', 'bytes', 'entries', 'tenants', 'documents', 'questions'] as const),
  ...(['sent', 'removed', 'failed', 'installed', 'waiting'] as const),
  ...(['failedAt', 'missing', 'whole', 'changed', 'badCopies'] as const),
  ...(['security', 'all', 'reboot', 'hostUnknown'] as const),
  ...(['modelsCurrent', 'modelsNewer', 'modelsUpdated', 'modelsReturned', 'modelsRefused'] as const),
  ...(['modelsOwn', 'modelsByHand', 'modelsFailed', 'modelsUnknown'] as const),
  ...(['from', 'newest', 'to', 'backup', 'byHand'] as const),
  ...(['lock', 'outside', 'evidence', 'restore', 'report'] as const),
  ...(['archive', 'files', 'notInIt'] as const),
  ...(['pass', 'fail', 'unknown', 'rows', 'leftOut'] as const),
] as const;
export type JobFigure = (typeof JOB_FIGURES)[number];

/** How a run ended; `partly`: it went well but for what its figures count. */
export type Ended = JobRun['outcome'] | 'partly';

/** When a job runs by itself; times are written as "03:15". */
export type ScheduleWords =
  | { readonly kind: 'off' | 'unknown' }
  | { readonly kind: 'minutes'; readonly every: number }
  | { readonly kind: 'hourly'; readonly minute: number }
  | { readonly kind: 'daily'; readonly time: string }
  /** `day`: 0 is Sunday. */
  | { readonly kind: 'weekly'; readonly time: string; readonly day: number }
  | { readonly kind: 'monthly'; readonly time: string; readonly date: number }
  | { readonly kind: 'cron'; readonly expression: Markdown };

/** Whether the process of the jobs is there: its last sign of life, milliseconds ago. */
export interface OpsLife {
  readonly life: 'never' | 'silent' | 'alive';
  readonly heardAgo: number;
}

/** What the ops room hears about jobs. Names of jobs are one text each: `job.<name>`. */
export type JobFacts = JobReplies & { readonly [Name in JobName as `job.${Name}`]: NoFacts } & {
  readonly [Step in JobStep as `step.${Step}`]: NoFacts;
} & { readonly [Name in ConfirmedJob as `run.then.${Name}`]: { readonly ended: 'ok' | 'failed' | 'lost' } } & {
  readonly [Figure in JobFigure as `figure.${Figure}`]: { readonly figure: string | number };
};

/** Which job is spoken of. */
interface About {
  readonly job: Markdown;
  readonly dry: boolean;
}

interface JobReplies {
  'jobs.head': NoFacts;
  'jobs.line': { readonly id: Markdown; readonly job: Markdown; readonly details: readonly Markdown[] };
  'jobs.when': { readonly schedule: ScheduleWords; readonly nextAt: number };
  'jobs.last': {
    readonly ended: Ended;
    /** Why nothing was done; '' where something was. */
    readonly nothing: NothingDone | '';
    readonly ranAgo: number;
    readonly took: number;
    readonly reference: string;
  };
  'jobs.never-ran': NoFacts;
  'jobs.now': { readonly dry: boolean; readonly took: number; readonly progress: Markdown };
  'jobs.waiting': { readonly requests: number };
  'jobs.foot': { readonly run: Markdown; readonly cancel: Markdown };
  /** Jobs cannot run: nothing was heard of their process. */
  'jobs.no-ops': OpsLife;
  'jobs.unknown': { readonly given: string; readonly jobNames: readonly Markdown[] };
  /** `stepsDone` of `stepsTotal` where they are known, else -1. */
  'jobs.progress': { readonly step: Markdown; readonly stepsDone: number; readonly stepsTotal: number };
  /** A request, as its one message says it from beginning to end. `begins`: at once, or when the run before has ended. */
  'run.waiting': About & { readonly begins: 'soon' | 'after' };
  'run.again': About;
  'run.now': About & { readonly took: number; readonly progress: Markdown };
  'run.ended': About & {
    readonly ended: Exclude<Ended, 'nothing'>;
    readonly took: number;
    readonly reference: string;
    /** "documents 12, bytes 3400"; empty when there are none. */
    readonly counted: Markdown;
  };
  /** Under the end of a backup that was made. */
  'run.then.backup': NoFacts;
  'run.refused': About & { readonly why: JobRefusal };
  'run.withdrawn': About;
  /** It went well, and there was nothing to do. */
  'run.not-set-up': About;
  'run.nothing-new': About;
  'run.too-early': About;
  /** Its record was removed meanwhile. */
  'run.gone': About;
  'cancel.done': { readonly job: Markdown; readonly withdrawn: number; readonly ending: number };
  'cancel.none': { readonly job: Markdown };
}
