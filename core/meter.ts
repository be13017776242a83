import type { DocumentKind } from './document.ts';
import type { RecordedJob } from './job.ts';

/** How a question ended: with an answer (also "not in your documents"), by an error, or because its person stopped it. */
export type AnswerOutcome = 'answered' | 'failed' | 'stopped';

/** How reading a file ended: `refused` is the file's own fault (damaged, locked, unknown), `failed` ours. */
export type FileOutcome = 'read' | 'refused' | 'failed';

/** Counts what the bot does, for its metrics: how often and how long, never whose or what. Implemented by core/prometheus. */
export interface BotMeter {
  /** A message was taken up; `kind` is the name of its route, of a closed list. */
  message(kind: string): void;
  answered(seconds: number, outcome: AnswerOutcome): void;
  file(kind: DocumentKind | 'other', outcome: FileOutcome): void;
}

/** How a run of a job ended: well, well with nothing to do, by its own failure, because an admin cancelled it, or because the process stopped. */
export type JobOutcome = 'ok' | 'nothing' | 'failed' | 'cancelled' | 'stopped';

/** Counts the runs of jobs, for the metrics of ops. Implemented by core/prometheus. */
export interface JobMeter {
  ran(job: RecordedJob, seconds: number, outcome: JobOutcome): void;
}
