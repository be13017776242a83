import type { Control } from '../core/control.ts';
import { type JobName, type JobResult, type JobRun, nothingDone } from '../core/job.ts';
import { type Logger, reference } from '../core/log.ts';
import type { RunEnd, RunUnderWay } from './run-under-way.ts';

interface RunRecordsParts {
  readonly control: Pick<Control, 'jobs' | 'alerts'>;
  readonly log: Logger;
  readonly clock: () => number;
  readonly stop: AbortSignal;
}

interface Ending {
  readonly id: number;
  readonly job: JobName;
  readonly dry: boolean;
  readonly result: JobResult;
}

/** Writes how runs ended. What cannot be written, as on a full disk, is kept until it can. Used by the runner alone. */
export class RunRecords {
  readonly #parts: RunRecordsParts;
  #unwritten: readonly Ending[] = [];

  constructor(parts: RunRecordsParts) {
    this.#parts = parts;
  }

  /** Records the end of a run, with its alert; or keeps it for `writeRest`. Never throws. */
  end(run: RunUnderWay, end: RunEnd): JobResult['outcome'] {
    const result = this.#judge(run, end);
    const ending = { id: run.id, job: run.start.job.name, dry: run.start.dry, result };
    try {
      this.#write(ending);
    } catch (thrown) {
      this.#unwritten = [...this.#unwritten, ending];
      this.#parts.log.error({ err: thrown, job: ending.job }, 'the end of a run could not be recorded; tried again');
    }
    return result.outcome;
  }

  /** Writes what could not be written before. Throws when it still cannot. */
  writeRest(): void {
    while (this.#unwritten.length > 0) {
      this.#write(this.#unwritten[0]!);
      this.#unwritten = this.#unwritten.slice(1);
    }
  }

  #judge(run: RunUnderWay, end: RunEnd): JobResult {
    const { log, clock, stop } = this.#parts;
    const { job, cause } = run.start;
    const at = clock();
    if ('figures' in end) return { at, outcome: outcomeOf(end.figures), figures: end.figures };
    if (run.isCancelled || (stop.aborted && this.#isCancelAsked(run.id))) return { at, outcome: 'cancelled' };
    if (stop.aborted) return { at, outcome: 'failed', figures: { stopped: 1 }, again: job.repeatable };
    const ref = reference();
    log.error({ err: end.thrown, job: job.name, cause, reference: ref }, 'a job failed');
    return { at, outcome: 'failed', reference: ref };
  }

  /** A wish that came so late that the stop was faster. */
  #isCancelAsked(id: number): boolean {
    try {
      return this.#parts.control.jobs.toCancel().includes(id);
    } catch {
      return false;
    }
  }

  /** May be repeated whole: a kill or a full disk between the two leaves the rest to the next try. */
  #write({ id, job, dry, result }: Ending): void {
    const { jobs, alerts } = this.#parts.control;
    jobs.finish(id, result);
    const key = `job-failed:${job}`;
    // A dry run did none of the work that failed.
    if (['ok', 'nothing'].includes(result.outcome) && !dry) alerts.clear(key);
    if (result.reference === undefined) return;
    alerts.raise({ code: 'job-failed', severity: 'warning', key, facts: { job, reference: result.reference } });
  }
}

/** How a run ended that did not throw, by its figures. Also for the count of runs. */
export function outcomeOf(figures: JobRun['figures']): 'ok' | 'nothing' {
  return nothingDone(figures) === undefined ? 'ok' : 'nothing';
}
