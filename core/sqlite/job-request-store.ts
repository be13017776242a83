import type Database from 'better-sqlite3';
import type { CancelOutcome, JobRefusal, JobRequest, JobRequests, JobWish } from '../job.ts';
import { RUN_COLUMNS, type RunRow, toRun } from './job-run-row.ts';
import { transact } from './transact.ts';

const COLUMNS = `id, source, person, job, dry, asked_at AS askedAt, state, refusal, run, repeats, edits`;

interface RequestRow extends Omit<JobRequest, 'dry' | 'arguments' | 'run'> {
  readonly dry: number;
  readonly run: number | null;
}

/** What people ask of the runner, in control.db: `JobRequests` of core. */
export class JobRequestStore implements JobRequests {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  ask(wish: JobWish): JobRequest {
    return transact(this.#db, 'write', () => {
      this.#db
        .prepare(
          `INSERT INTO job_requests (source, person, job, dry, asked_at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (source) DO NOTHING`,
        )
        .run(wish.source, wish.person, wish.job, Number(wish.dry), wish.at);
      return this.#requests('source = ?', wish.source)[0]!;
    });
  }

  cancel({ source, person, job, at }: Pick<JobWish, 'source' | 'person' | 'job' | 'at'>): CancelOutcome {
    return transact(this.#db, 'write', () => {
      const before = this.#db.prepare('SELECT withdrawn, running FROM job_cancels WHERE source = ?').get(source);
      if (before !== undefined) return before as CancelOutcome;
      const withdrawn = this.#db
        .prepare(`UPDATE job_requests SET state = 'withdrawn' WHERE state = 'waiting' AND job = ?`)
        .run(job).changes;
      const running = this.#db
        .prepare(`UPDATE job_runs SET cancel_asked = 1 WHERE outcome = 'running' AND job = ?`)
        .run(job).changes;
      this.#db
        .prepare(
          'INSERT INTO job_cancels (source, person, job, asked_at, withdrawn, running) VALUES (?, ?, ?, ?, ?, ?)',
        )
        .run(source, person, job, at, withdrawn, running);
      return { withdrawn, running };
    });
  }

  waiting(): JobRequest[] {
    return this.#requests("state = 'waiting'");
  }

  start(ids: readonly number[], at: number): number | undefined {
    return transact(this.#db, 'write', () => {
      const chosen = "state = 'waiting' AND id IN (SELECT value FROM json_each(?))";
      const run = this.#db
        .prepare(
          `INSERT INTO job_runs (job, cause, dry, started_at)
           SELECT job, 'request', dry, ? FROM job_requests WHERE ${chosen} ORDER BY id LIMIT 1`,
        )
        .run(at, JSON.stringify(ids));
      if (run.changes === 0) return undefined;
      const id = Number(run.lastInsertRowid);
      this.#db
        .prepare(`UPDATE job_requests SET state = 'started', run = ? WHERE ${chosen}`)
        .run(id, JSON.stringify(ids));
      return id;
    });
  }

  refuse(id: number, why: JobRefusal): void {
    this.#change(`state = 'refused', refusal = '${why}'`, id);
  }

  untold(): JobRequest[] {
    return this.#requests('told = 0');
  }

  noteEdit(id: number): void {
    this.#change('edits = edits + 1', id);
  }

  noteTold(id: number): void {
    this.#change('told = 1', id);
  }

  #change(what: string, id: number): void {
    transact(this.#db, 'write', () => this.#db.prepare(`UPDATE job_requests SET ${what} WHERE id = ?`).run(id));
  }

  #requests(which: string, ...values: string[]): JobRequest[] {
    const rows = this.#db
      .prepare(`SELECT ${COLUMNS} FROM job_requests WHERE ${which} ORDER BY id`)
      .all(...values) as RequestRow[];
    return rows.map((row) => ({ ...row, dry: row.dry === 1, run: this.#run(row.run) }));
  }

  #run(id: number | null): JobRequest['run'] {
    if (id === null) return null;
    const row = this.#db.prepare(`SELECT ${RUN_COLUMNS} FROM job_runs WHERE id = ?`).get(id) as RunRow | undefined;
    return row === undefined ? null : toRun(row);
  }
}
