import type { SignalHit } from '../tenant.ts';

/** Keeps the best `limit` of many scores without sorting them all: a binary heap with the worst kept one on top. */
export class BestHits {
  readonly #limit: number;
  readonly #heap: SignalHit[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds one score; ties keep the one that came first. */
  offer(passage: number, score: number): void {
    if (this.#limit <= 0) return;
    if (this.#heap.length < this.#limit) {
      this.#heap.push({ passage, score });
      this.#up(this.#heap.length - 1);
    } else if (score > this.#heap[0]!.score) {
      this.#heap[0] = { passage, score };
      this.#down(0);
    }
  }

  /** Best first; equal scores by passage id, so that the order never depends on the order of the index. */
  sorted(): SignalHit[] {
    return [...this.#heap].sort((a, b) => b.score - a.score || a.passage - b.passage);
  }

  #up(start: number): void {
    for (let at = start; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (this.#heap[parent]!.score <= this.#heap[at]!.score) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(start: number): void {
    for (let at = start; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#heap.length && this.#heap[child]!.score < this.#heap[least]!.score) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }
}
