import type Database from 'better-sqlite3';
import { AppError } from '../errors.ts';
import {
  isStepKey,
  type JobCause,
  type JobLog,
  type JobName,
  type JobPlan,
  type JobProgress,
  type JobResult,
  type JobRun,
  type RecordedJob,
} from '../job.ts';
import { RUN_COLUMNS, type RunRow, toRun } from './job-run-row.ts';
import { transact } from './transact.ts';

/** Requests of a run that was cut off, once each. */
const AGAIN = `UPDATE job_requests SET state = 'waiting', run = NULL, repeats = repeats + 1
  WHERE state = 'started' AND repeats = 0 AND run`;

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

  finish(id: number, result: JobResult): void {
    const { at, outcome, reference = null, figures = {}, again = false } = result;
    transact(this.#db, 'write', () => {
      this.#db
        .prepare('UPDATE job_runs SET ended_at = ?, outcome = ?, reference = ?, figures = ? WHERE id = ?')
        .run(at, outcome, reference, JSON.stringify(figures), id);
      if (again) this.#db.prepare(`${AGAIN} = ?`).run(id);
    });
  }

  note(id: number, progress: JobProgress): void {
    const { step, done, total } = progress;
    if (!isStepKey(step)) throw new AppError('invalid', 'a step of a job is named by its key');
    transact(this.#db, 'write', () =>
      this.#db
        .prepare(`UPDATE job_runs SET progress = ? WHERE id = ? AND outcome = 'running'`)
        .run(JSON.stringify({ step, done, total }), id),
    );
  }

  markLost(at: number, repeatable: readonly JobName[]): number {
    return transact(this.#db, 'write', () => {
      const end = this.#db.prepare(
        `UPDATE job_runs SET outcome = ?, ended_at = ? WHERE outcome = 'running' AND cancel_asked = ?`,
      );
      end.run('cancelled', at, 1);
      this.#db
        .prepare(
          `${AGAIN} IN (SELECT id FROM job_runs WHERE outcome = 'running'
             AND job IN (SELECT value FROM json_each(?)))`,
        )
        .run(JSON.stringify(repeatable));
      return end.run('lost', at, 0).changes;
    });
  }

  last(job: RecordedJob): JobRun | undefined {
    return this.#newest(job, 'dry = 0');
  }

  lastGood(job: RecordedJob): JobRun | undefined {
    return this.#newest(job, "dry = 0 AND outcome = 'ok'");
  }

  lastEnded(job: RecordedJob): JobRun | undefined {
    return this.#newest(job, 'dry = 0 AND ended_at IS NOT NULL');
  }

  underWay(): JobRun[] {
    const rows = this.#db.prepare(`SELECT ${RUN_COLUMNS} FROM job_runs WHERE outcome = 'running' ORDER BY id`).all();
    return (rows as RunRow[]).map(toRun);
  }

  toCancel(): number[] {
    return this.#db
      .prepare("SELECT id FROM job_runs WHERE outcome = 'running' AND cancel_asked = 1")
      .pluck()
      .all() as number[];
  }

  countFrom(id: number, at: number): void {
    transact(this.#db, 'write', () => this.#db.prepare('UPDATE job_runs SET counts_at = ? WHERE id = ?').run(at, id));
  }

  recent(limit: number): JobRun[] {
    const rows = this.#db.prepare(`SELECT ${RUN_COLUMNS} FROM job_runs ORDER BY id DESC LIMIT ?`).all(limit);
    return (rows as RunRow[]).map(toRun);
  }

  outcomesSince(time: number): ReturnType<JobLog['outcomesSince']> {
    return this.#db
      .prepare('SELECT job, outcome, count(*) AS count FROM job_runs WHERE dry = 0 AND started_at >= ? GROUP BY 1, 2')
      .all(time) as ReturnType<JobLog['outcomesSince']>;
  }

  plan(plans: readonly JobPlan[]): void {
    transact(this.#db, 'write', () => {
      this.#db.prepare('DELETE FROM job_plans').run();
      const add = this.#db.prepare('INSERT INTO job_plans (job, schedule, next_at) VALUES (?, ?, ?)');
      for (const { job, schedule, nextAt } of plans) add.run(job, schedule, nextAt);
    });
  }

  plans(): JobPlan[] {
    return this.#db.prepare('SELECT job, schedule, next_at AS nextAt FROM job_plans').all() as JobPlan[];
  }

  removeBefore(time: number): number {
    return transact(this.#db, 'write', () => {
      const settled = "told = 1 AND NOT EXISTS (SELECT 1 FROM job_runs WHERE id = run AND outcome = 'running')";
      this.#db.prepare(`DELETE FROM job_requests WHERE asked_at < ? AND state <> 'waiting' AND ${settled}`).run(time);
      this.#db.prepare('DELETE FROM job_cancels WHERE asked_at < ?').run(time);
      return this.#db
        .prepare(
          `DELETE FROM job_runs WHERE started_at < ? AND ended_at IS NOT NULL
             AND id NOT IN (SELECT max(id) FROM job_runs GROUP BY job, dry, outcome = 'ok')`,
        )
        .run(time).changes;
    });
  }

  #newest(job: RecordedJob, which: string): JobRun | undefined {
    const row = this.#db
      .prepare(`SELECT ${RUN_COLUMNS} FROM job_runs WHERE job = ? AND ${which} ORDER BY id DESC LIMIT 1`)
      .get(job) as RunRow | undefined;
    return row && toRun(row);
  }
}
