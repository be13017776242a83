import type Database from 'better-sqlite3';
import type { JobCause, JobLog, JobRun, RecordedJob } from '../job.ts';
import { transact } from './transact.ts';

const COLUMNS = 'id, job, cause, started_at AS startedAt, ended_at AS endedAt, outcome, reference, figures';

type RunRow = Omit<JobRun, 'figures'> & { figures: string };

/** Records of job runs in control.db: `JobLog` of core. */
export class JobStore implements JobLog {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  start(job: RecordedJob, cause: JobCause, at: number): number {
    return transact(this.#db, 'write', () => {
      const run = this.#db
        .prepare('INSERT INTO job_runs (job, cause, started_at) VALUES (?, ?, ?)')
        .run(job, cause, at);
      return Number(run.lastInsertRowid);
    });
  }

  finish(id: number, result: Parameters<JobLog['finish']>[1]): void {
    const { at, outcome, reference = null, figures = {} } = result;
    transact(this.#db, 'write', () =>
      this.#db
        .prepare('UPDATE job_runs SET ended_at = ?, outcome = ?, reference = ?, figures = ? WHERE id = ?')
        .run(at, outcome, reference, JSON.stringify(figures), id),
    );
  }

  markLost(at: number): number {
    return transact(
      this.#db,
      'write',
      () =>
        this.#db.prepare(`UPDATE job_runs SET outcome = 'lost', ended_at = ? WHERE outcome = 'running'`).run(at)
          .changes,
    );
  }

  last(job: RecordedJob): JobRun | undefined {
    return this.#runs(`SELECT ${COLUMNS} FROM job_runs WHERE job = ? ORDER BY id DESC LIMIT 1`, job)[0];
  }

  recent(limit: number): JobRun[] {
    return this.#runs(`SELECT ${COLUMNS} FROM job_runs ORDER BY id DESC LIMIT ?`, limit);
  }

  removeBefore(time: number): number {
    return transact(
      this.#db,
      'write',
      () =>
        this.#db
          .prepare(
            `DELETE FROM job_runs WHERE started_at < ? AND ended_at IS NOT NULL
               AND id NOT IN (SELECT max(id) FROM job_runs GROUP BY job, outcome = 'ok')`,
          )
          .run(time).changes,
    );
  }

  #runs(sql: string, value: string | number): JobRun[] {
    const rows = this.#db.prepare(sql).all(value) as RunRow[];
    return rows.map((row) => ({ ...row, figures: JSON.parse(row.figures) as JobRun['figures'] }));
  }
}
