import type { DueTable } from './due-table.ts';
import type { SampleJob } from './sample-jobs.ts';
import type { History, Pace, Step } from './script-step.ts';

interface Run {
  readonly job: string;
  readonly cause: string;
  readonly dry: boolean;
  readonly started: number;
  counts: number;
  ended: number | null;
  outcome: string;
  stopped: boolean;
  cancelAsked: boolean;
}

interface Request {
  readonly source: string;
  readonly job: string;
  readonly dry: boolean;
  state: string;
  refusal: string | null;
  run: Run | null;
  repeats: number;
}

interface Working {
  readonly run: Run;
  readonly pace: Pace;
  /** Its record has ended; the work itself goes on. */
  givenUp: boolean;
  cancelled: boolean;
}

/** How a run ended, while the record of that may still have to wait for room on the disk. */
interface Ending {
  readonly run: Run;
  readonly outcome: string;
  readonly at: number;
  readonly stopped: boolean;
}

/** A process: what it has in memory. */
class Process {
  begun = false;
  rest = 0;
  minute: number | undefined;
  planned = '';
  redo = new Set<string>();
  unwritten: Ending[] = [];
  readonly working = new Map<string, Working>();
}

/** Thrown where the disk is full. */
class Trouble extends Error {}

/**
 * The rules of the runner in other words, without any of its code: takes the same steps and says what should have run, and
 * why. Where this and the runner differ, one of them is wrong.
 */
export class Oracle {
  readonly #jobs: readonly SampleJob[];
  readonly #due: DueTable;
  readonly #runs: Run[] = [];
  /** By job, the newest that was no dry one. */
  readonly #newestRuns = new Map<string, Run>();
  readonly #requests: Request[] = [];
  readonly #cancels: { source: string; withdrawn: number; running: number }[] = [];
  readonly #paces = new Map<string, Pace>();
  #process: Process | undefined;
  #full = false;
  #now = 0;

  constructor(jobs: readonly SampleJob[], due: DueTable) {
    this.#jobs = jobs;
    this.#due = due;
  }

  get history(): History {
    return {
      runs: this.#runs.map(({ job, cause, dry, started, counts, ended, outcome }) => {
        return { job, cause, dry, started, counts, ended, outcome };
      }),
      requests: this.#requests.map(({ source, state, refusal, run, repeats }) => {
        return { source, state, refusal, run: run === null ? null : this.#runs.indexOf(run), repeats };
      }),
      cancels: this.#cancels,
    };
  }

  apply(step: Step): void {
    if ('at' in step) this.#now = step.at;
    if (step.kind === 'tick') this.#tick();
    else if (step.kind === 'ask') this.#ask(step);
    else if (step.kind === 'cancel') this.#cancel(step);
    else if (step.kind === 'pace') this.#paces.set(step.job, step.pace);
    else if (step.kind === 'end') this.#endHeld(step.job);
    else if (step.kind === 'disk') this.#full = step.full;
    else if (step.kind === 'kill') this.#process = undefined;
    else if (step.kind === 'stop') this.#stop();
    else this.#process ??= new Process();
  }

  #ask({ source, job, dry }: { source: string; job: string; dry: boolean }): void {
    if (this.#full || this.#requests.some((one) => one.source === source)) return;
    this.#requests.push({ source, job, dry, state: 'waiting', refusal: null, run: null, repeats: 0 });
  }

  #cancel({ source, job }: { source: string; job: string }): void {
    if (this.#full || this.#cancels.some((one) => one.source === source)) return;
    const waiting = this.#requests.filter((one) => one.job === job && one.state === 'waiting');
    for (const one of waiting) one.state = 'withdrawn';
    const running = this.#runs.filter((one) => one.job === job && one.outcome === 'running');
    for (const one of running) one.cancelAsked = true;
    this.#cancels.push({ source, withdrawn: waiting.length, running: running.length });
  }

  #tick(): void {
    const process = this.#process;
    if (process === undefined) return;
    if (process.rest > 0) {
      process.rest -= 1;
      return;
    }
    try {
      if (!process.begun) this.#begin(process);
      for (; process.unwritten[0]; process.unwritten.shift()) this.#record(process.unwritten[0]);
      for (const one of process.working.values()) one.cancelled ||= one.run.cancelAsked && !one.givenUp;
      this.#serve(process);
      this.#look(process);
    } catch (thrown) {
      if (!(thrown instanceof Trouble)) throw thrown;
      process.rest = 30;
    }
    this.#settle(process);
  }

  /** What a process finds that the one before left running was lost, or is cancelled where that was wished for. */
  #begin(process: Process): void {
    this.#write();
    for (const run of this.#runs.filter((one) => one.outcome === 'running')) {
      run.outcome = run.cancelAsked ? 'cancelled' : 'lost';
      run.ended = this.#now;
      if (run.outcome === 'lost' && this.#job(run.job)?.repeatable) this.#again(run);
    }
    process.begun = true;
    for (const { name, repeatable } of this.#jobs) {
      const last = this.#newest(name);
      if (repeatable && last?.cause === 'schedule' && (last.outcome === 'lost' || last.stopped)) process.redo.add(name);
    }
  }

  #serve(process: Process): void {
    const waiting = this.#requests.filter((one) => one.state === 'waiting');
    for (const request of waiting) {
      const job = this.#job(request.job);
      if (job === undefined || (request.dry && !job.canDry)) {
        this.#write();
        request.state = 'refused';
        request.refusal = job === undefined ? 'no-job' : 'no-dry';
      } else if (!process.working.has(job.name)) {
        this.#write();
        const run = this.#launch(process, job.name, 'request', request.dry);
        for (const same of waiting.filter((one) => one.job === request.job && one.dry === request.dry)) {
          if (same.state !== 'waiting') continue;
          same.state = 'started';
          same.run = run;
        }
      }
    }
  }

  #look(process: Process): void {
    const minute = Math.floor(this.#now / 60_000);
    if (minute === process.minute) return;
    for (const { name, schedule } of this.#jobs) {
      if (schedule === '') continue;
      const why = this.#isDue(name, schedule) ?? (process.redo.has(name) ? 'catch-up' : undefined);
      if (why === undefined || process.working.has(name)) continue;
      this.#write();
      this.#launch(process, name, why, false);
    }
    process.redo.clear();
    const plan = this.#jobs.map(({ schedule }) => (schedule === '' ? 0 : this.#due.next(schedule, this.#now))).join();
    if (plan !== process.planned) this.#write();
    process.planned = plan;
    process.minute = minute;
  }

  #isDue(name: string, schedule: string): string | undefined {
    const due = this.#due.last(schedule, this.#now);
    if (due === undefined) return undefined;
    const last = this.#newest(name);
    if (last === undefined || last.counts < due) return this.#now - due < 60_000 ? 'schedule' : 'catch-up';
    const next = this.#due.next(schedule, due);
    const farAhead = last.counts - this.#now > (next === undefined ? Number.POSITIVE_INFINITY : (next - due) / 2);
    if (last.counts > this.#now && farAhead) {
      this.#write();
      last.counts = this.#now;
    }
    return undefined;
  }

  #launch(process: Process, job: string, cause: string, dry: boolean): Run {
    const begun = { started: this.#now, counts: this.#now, ended: null, outcome: 'running' };
    const run: Run = { job, cause, dry, ...begun, stopped: false, cancelAsked: false };
    this.#runs.push(run);
    if (!dry) this.#newestRuns.set(job, run);
    const pace = this.#paces.get(job) ?? 'quick';
    process.working.set(job, { run, pace, givenUp: false, cancelled: false });
    return run;
  }

  /** What comes to its end right after a tick. */
  #settle(process: Process): void {
    for (const [job, one] of process.working) {
      if (one.cancelled && !one.givenUp) {
        this.#end(process, one.run, 'cancelled');
        one.givenUp = true;
        if (one.pace !== 'deaf') process.working.delete(job);
      } else if (one.pace === 'quick' || one.pace === 'failing') {
        this.#end(process, one.run, one.pace === 'quick' ? 'ok' : 'failed');
        process.working.delete(job);
      }
    }
  }

  #endHeld(job: string): void {
    const one = this.#process?.working.get(job);
    if (one === undefined) return;
    if (!one.givenUp) this.#end(this.#process!, one.run, 'ok');
    this.#process!.working.delete(job);
  }

  #stop(): void {
    const process = this.#process;
    if (process === undefined) return;
    for (const { run, givenUp } of process.working.values()) {
      if (givenUp) continue;
      if (run.cancelAsked) this.#end(process, run, 'cancelled');
      else this.#end(process, run, 'failed', true);
    }
    this.#process = undefined;
  }

  #end(process: Process, run: Run, outcome: string, stopped = false): void {
    const ending = { run, outcome, at: this.#now, stopped };
    if (this.#full) process.unwritten.push(ending);
    else this.#record(ending);
  }

  #record({ run, outcome, at, stopped }: Ending): void {
    this.#write();
    Object.assign(run, { outcome, ended: at, stopped });
    if (stopped && this.#job(run.job)?.repeatable) this.#again(run);
  }

  /** Who asked for a run that was cut off is served once more, and not a third time. */
  #again(run: Run): void {
    for (const request of this.#requests.filter((one) => one.run === run && one.repeats === 0)) {
      request.state = 'waiting';
      request.run = null;
      request.repeats = 1;
    }
  }

  #write(): void {
    if (this.#full) throw new Trouble();
  }

  #newest(job: string): Run | undefined {
    return this.#newestRuns.get(job);
  }

  #job(name: string): SampleJob | undefined {
    return this.#jobs.find((one) => one.name === name);
  }
}
