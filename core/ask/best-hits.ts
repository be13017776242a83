import type { SignalHit } from '../tenant.ts';

/**
 * Keeps the best `limit` of many scores without sorting them all: a binary heap with the worst kept one on top, in typed
 * arrays, because hundreds of thousands of scores may pass through it for one question.
 */
export class BestHits {
  readonly #limit: number;
  #passages = new Float64Array(64);
  #scores = new Float64Array(64);
  #size = 0;
  /** Scores up to this one need not be offered: below every score until the heap is full. */
  floor: number;

  constructor(limit: number) {
    this.#limit = Math.max(0, limit);
    this.floor = this.#limit === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** Adds one score; ties keep the one that came first. */
  offer(passage: number, score: number): void {
    if (this.#size === this.#limit) {
      if (score > this.floor) this.#down(passage, score);
    } else {
      if (this.#size === this.#scores.length) this.#grow();
      this.#up(passage, score);
    }
    if (this.#size === this.#limit && this.#size > 0) this.floor = this.#scores[0]!;
  }

  /** Best first; equal scores by passage id, so that the order never depends on the order of the index. */
  sorted(): SignalHit[] {
    const hits: SignalHit[] = [];
    for (let at = 0; at < this.#size; at++) hits.push({ passage: this.#passages[at]!, score: this.#scores[at]! });
    return hits.sort((a, b) => b.score - a.score || a.passage - b.passage);
  }

  /** The ids of what `sorted` would give, ascending. */
  ids(): Float64Array {
    return this.#passages.slice(0, this.#size).sort();
  }

  #up(passage: number, score: number): void {
    const [passages, scores] = [this.#passages, this.#scores];
    let at = this.#size++;
    for (let parent = (at - 1) >> 1; at > 0 && scores[parent]! > score; parent = (at - 1) >> 1) {
      passages[at] = passages[parent]!;
      scores[at] = scores[parent]!;
      at = parent;
    }
    passages[at] = passage;
    scores[at] = score;
  }

  /** Puts a score in the place of the worst one. */
  #down(passage: number, score: number): void {
    const [passages, scores] = [this.#passages, this.#scores];
    let at = 0;
    for (let child = 1; child < this.#size; child = 2 * at + 1) {
      if (child + 1 < this.#size && scores[child + 1]! < scores[child]!) child += 1;
      if (scores[child]! >= score) break;
      passages[at] = passages[child]!;
      scores[at] = scores[child]!;
      at = child;
    }
    passages[at] = passage;
    scores[at] = score;
  }

  #grow(): void {
    const [passages, scores] = [new Float64Array(2 * this.#size), new Float64Array(2 * this.#size)];
    passages.set(this.#passages);
    scores.set(this.#scores);
    this.#passages = passages;
    this.#scores = scores;
  }
}
