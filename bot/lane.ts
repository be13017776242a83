import { carryRequest } from '../core/request-id.ts';

interface Job {
  readonly key: string;
  readonly run: () => Promise<void>;
}

/**
 * Runs work of several people fairly: at most `width` tasks at once, people in turn, each person's own tasks in order.
 * A task's failure is its own business; tasks handle their errors.
 */
export class Lane {
  #width: number;
  #queues = new Map<string, Job[]>();
  #running = new Map<string, string>();
  #idle: (() => void)[] = [];
  #closed = false;
  #watchers = new Set<() => void>();

  constructor(width: number) {
    this.#width = width;
  }

  /** Queues a task of a person. `key` names it for `has`. */
  add(person: string, key: string, work: () => Promise<void>): void {
    if (this.#closed) return;
    const run = carryRequest(work);
    const queue = this.#queues.get(person);
    if (queue) queue.push({ key, run });
    else this.#queues.set(person, [{ key, run }]);
    this.#pump();
  }

  /** Tasks that wait or run. */
  length(): number {
    let waiting = this.#running.size;
    for (const queue of this.#queues.values()) waiting += queue.length;
    return waiting;
  }

  /** True while the task of this key waits for its turn. */
  isWaiting(key: string): boolean {
    return [...this.#queues.values()].some((queue) => queue.some((job) => job.key === key));
  }

  /** How many tasks end before the task of this key begins, when nobody adds any; 0 when it does not wait. */
  aheadOf(key: string): number {
    if (!this.isWaiting(key)) return 0;
    const running = [...this.#running.values()];
    const lines = [...this.#queues].map(([person, queue]) => ({
      isBusy: running.includes(person),
      left: queue.map((job) => job.key),
    }));
    // Who has a turn now goes behind everybody else afterwards.
    let line = [...lines.filter(({ isBusy }) => !isBusy), ...lines.filter(({ isBusy }) => isBusy)].map(
      ({ left }) => left,
    );
    let ahead = running.length;
    for (;;) {
      for (const left of line) {
        if (left.shift() === key) return ahead;
        ahead += 1;
      }
      line = line.filter((left) => left.length > 0);
    }
  }

  /** Tasks of one person that wait or run. */
  lengthOf(person: string): number {
    const running = [...this.#running.values()].filter((owner) => owner === person).length;
    return running + (this.#queues.get(person)?.length ?? 0);
  }

  /** Keys of the tasks of one person that wait or run. */
  keysOf(person: string): string[] {
    const running = [...this.#running].filter(([, owner]) => owner === person).map(([key]) => key);
    return [...running, ...(this.#queues.get(person) ?? []).map(({ key }) => key)];
  }

  /** True while the task of this key waits or runs. */
  has(key: string): boolean {
    return this.#running.has(key) || [...this.#queues.values()].some((queue) => queue.some((job) => job.key === key));
  }

  /** Takes a task that still waits out of its queue. False when it runs already, or is not here. */
  remove(key: string): boolean {
    for (const [person, queue] of this.#queues) {
      const at = queue.findIndex((job) => job.key === key);
      if (at < 0) continue;
      queue.splice(at, 1);
      if (queue.length === 0) this.#queues.delete(person);
      this.#changed();
      return true;
    }
    return false;
  }

  /** Resolves when the task of this key neither waits nor runs (any more). */
  ended(key: string): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.has(key)) return;
        this.#watchers.delete(check);
        resolve();
      };
      this.#watchers.add(check);
      check();
    });
  }

  /** Resolves when this person has nothing waiting or running, or when the signal aborts (never rejects). */
  drainedOf(person: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (this.lengthOf(person) > 0 && !signal.aborted) return;
        this.#watchers.delete(check);
        signal.removeEventListener('abort', check);
        resolve();
      };
      this.#watchers.add(check);
      signal.addEventListener('abort', check);
      check();
    });
  }

  /** Drops what waits and resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#queues.clear();
    this.#changed();
    await this.drained();
  }

  /** Resolves when nothing waits or runs. */
  drained(): Promise<void> {
    if (this.length() === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #pump(): void {
    while (this.#running.size < this.#width) {
      const next = this.#take();
      if (!next) break;
      const { person, job } = next;
      this.#running.set(job.key, person);
      void job
        .run()
        .catch(() => undefined)
        .finally(() => {
          this.#running.delete(job.key);
          this.#toTheBack(person);
          this.#pump();
          this.#changed();
        });
    }
  }

  #changed(): void {
    for (const check of [...this.#watchers]) check();
    if (this.length() === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  /** Who just had a turn lets everybody go first who came meanwhile. */
  #toTheBack(person: string): void {
    const queue = this.#queues.get(person);
    if (!queue) return;
    this.#queues.delete(person);
    this.#queues.set(person, queue);
  }

  /** The next person in turn: their queue goes to the back of the line afterwards. */
  #take(): { person: string; job: Job } | undefined {
    for (const [person, queue] of this.#queues) {
      if ([...this.#running.values()].includes(person)) continue;
      const job = queue.shift()!;
      this.#queues.delete(person);
      if (queue.length > 0) this.#queues.set(person, queue);
      return { person, job };
    }
    return undefined;
  }
}
