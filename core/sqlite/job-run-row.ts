import type { JobProgress, JobRun } from '../job.ts';

/** The columns of a run, for a SELECT from `job_runs`. */
export const RUN_COLUMNS = `id, job, cause, dry, started_at AS startedAt, coalesce(counts_at, started_at) AS countsAt,
  ended_at AS endedAt, outcome, reference, figures, progress, cancel_asked AS cancelAsked`;

/** Such a row. */
export interface RunRow extends Omit<JobRun, 'dry' | 'figures' | 'progress' | 'cancelAsked'> {
  readonly dry: number;
  readonly figures: string;
  readonly progress: string | null;
  readonly cancelAsked: number;
}

/** A row of `job_runs` as core knows it. For the stores of runs and of requests. */
export function toRun(row: RunRow): JobRun {
  return {
    ...row,
    dry: row.dry === 1,
    figures: JSON.parse(row.figures) as JobRun['figures'],
    progress: row.progress === null ? null : (JSON.parse(row.progress) as JobProgress),
    cancelAsked: row.cancelAsked === 1,
  };
}
