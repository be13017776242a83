import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Lane } from '../lane.ts';

/** Why work of a person ended before its time. */
function ended(): AppError {
  return new AppError('unavailable', 'this was ended before it was done', { reason: 'api-ended' });
}

/**
 * Work of the HTTP API in the lanes of the chats: people take turns whatever way they come, and what is ended for a person is
 * ended here too. Whatever happens to a lane, nobody waits for ever.
 */
export class LaneWork {
  readonly #signal: AbortSignal;
  readonly #open = new Map<AbortController, string>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Runs work when its person's turn comes, and gives its outcome. Throws AppError `unavailable` (`api-ended`) when it was ended, and what it throws. */
  run<T>(lane: Lane, person: string, work: (signal: AbortSignal) => Promise<T>, leaving?: AbortSignal): Promise<T> {
    const own = new AbortController();
    const signal = AbortSignal.any([own.signal, this.#signal, ...(leaving ? [leaving] : [])]);
    this.#open.set(own, person);
    const key = `api:${randomUUID()}`;
    return new Promise<T>((resolve, reject) => {
      const end = () => {
        if (lane.remove(key)) reject(ended());
      };
      signal.addEventListener('abort', end, { once: true });
      lane.add(person, key, async () => {
        try {
          signal.throwIfAborted();
          resolve(await work(signal));
        } catch (thrown) {
          reject(signal.aborted ? ended() : thrown);
        }
      });
      // Taken out of its lane by somebody else, or never let into one that is closed.
      void lane.ended(key).then(() => reject(ended()));
    }).finally(() => this.#open.delete(own));
  }

  /** Ends everything of a person. */
  stop(person: string): void {
    for (const [own, whose] of this.#open) if (whose === person) own.abort();
  }
}
