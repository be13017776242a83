import { setTimeout as pause } from 'node:timers/promises';
import { untilAborted } from '../../core/until-aborted.ts';
import { remoteFault } from './remotes/remote-fault.ts';

/** What is told to end gets so long for it; a folder of a machine that hangs cannot be told anything. */
const GRACE_MS = 10_000;

/** Whose time is shared. */
interface Sharing {
  /** The run's limit. */
  readonly seconds: number;
  /** Among so many. */
  readonly count: number;
  /** The run's signal. */
  readonly signal: AbortSignal;
}

/**
 * Shares the time of a run among the remotes that it serves one after the other, so that one that is slow, or wants to be, takes nothing
 * from the others. Each gets an equal part of what is left: what one does not need goes to those after it. Made by the jobs that send and prove.
 */
export class TimeShares {
  readonly #signal: AbortSignal;
  readonly #endsAt: number;
  #left: number;

  constructor({ seconds, count, signal }: Sharing) {
    this.#signal = signal;
    this.#left = count;
    this.#endsAt = performance.now() + seconds * 1000;
  }

  /** What is left for those that come, in seconds. */
  get leftSeconds(): number {
    return Math.max(0, (this.#endsAt - performance.now()) / 1000);
  }

  /**
   * Lets the next remote work until its part is over, with a signal that then aborts. Throws AppError `unavailable` when it was, why the run was
   * aborted when it is, and what `act` throws.
   */
  async within<T>(remote: string, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const part = AbortSignal.timeout(Math.max(1, Math.round((this.leftSeconds * 1000) / this.#left)));
    this.#left = Math.max(1, this.#left - 1);
    const both = AbortSignal.any([this.#signal, part]);
    const done = new AbortController();
    const work = act(both);
    try {
      return await Promise.race([work, overdue(AbortSignal.any([both, done.signal]))]);
    } catch (thrown) {
      // It may still be at it where nothing can end it.
      work.catch(() => {});
      this.#signal.throwIfAborted();
      throw part.aborted ? tooSlow(remote) : thrown;
    } finally {
      done.abort();
    }
  }
}

/** Rejects some time after the signal. */
async function overdue(signal: AbortSignal): Promise<never> {
  await untilAborted(signal);
  await pause(GRACE_MS, undefined, { ref: false });
  throw signal.reason;
}

function tooSlow(remote: string): Error {
  const hint = 'It is tried again at the next run. If this repeats, its line may be too slow for backups of this size.';
  return remoteFault('slow', remote, 'did not get done in its part of the time', hint);
}
