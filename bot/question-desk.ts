import type { Clock } from '../core/clock.ts';
import { AnswerPace } from './answer-pace.ts';
import type { Lane } from './lane.ts';
import type { Task } from './task.ts';

/** Why a question's signal aborted when its person said `!stop`. */
export const STOPPED = new Error('stopped by its person');

const LONG_MS = 60_000;

/** What the desk needs of the dispatcher. */
export interface DeskParts {
  readonly lane: Lane;
  readonly clock: Clock;
  /** Ends work on a question that is being answered. False when nobody works on it. */
  readonly cancel: (event: string, reason: Error) => boolean;
  /** Says that a question was stopped where something was shown for it, and marks it handled. */
  readonly close: (task: Task) => void;
}

/** Questions that wait or are answered: how long that takes, and how they are stopped. Used by the dispatcher alone. */
export class QuestionDesk {
  readonly #parts: DeskParts;
  readonly #pace = new AnswerPace();
  readonly #tasks = new Map<string, Task>();

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Notes a question that goes into the lane, and returns its work with the time taken by the clock. */
  add(task: Task, work: () => Promise<void>): () => Promise<void> {
    const event = task.opened.event.event_id;
    this.#tasks.set(event, task);
    return async () => {
      const started = this.#parts.clock();
      try {
        await work();
        this.#pace.note(this.#parts.clock() - started);
      } finally {
        this.#tasks.delete(event);
      }
    };
  }

  /** Takes a question that still waits out of the lane. False when it is being answered, or is not here. */
  remove(event: string): boolean {
    const isRemoved = this.#parts.lane.remove(event);
    if (isRemoved) this.#tasks.delete(event);
    return isRemoved;
  }

  /** True when one that waits will do so for more than a minute, as far as earlier answers tell. Never how many come before. */
  isLong(event: string): boolean {
    return (this.#pace.estimate(this.#parts.lane.aheadOf(event)) ?? 0) > LONG_MS;
  }

  /** Ends all questions of a person. Those that wait are handled at once, one that is being answered as soon as it notices. */
  stop(person: string): { running: number; waiting: number } {
    const { cancel, close } = this.#parts;
    const count = { running: 0, waiting: 0 };
    for (const [event, task] of [...this.#tasks]) {
      if (task.caller.person !== person) continue;
      if (this.remove(event)) {
        close(task);
        count.waiting += 1;
      } else if (cancel(event, STOPPED)) count.running += 1;
    }
    return count;
  }
}
