/** Answers that are remembered: enough for a middle one that a single odd answer cannot move. */
const KEPT = 15;

/** How long answers took lately on this machine, for telling people how long they will wait. In memory only. */
export class AnswerPace {
  #durations: number[] = [];

  /** Notes one answer's length in milliseconds, from its turn to its last word. */
  note(milliseconds: number): void {
    this.#durations.push(milliseconds);
    this.#durations.splice(0, this.#durations.length - KEPT);
  }

  /** Milliseconds until so many answers are done; undefined while none was measured. The running one counts as half done. */
  estimate(ahead: number): number | undefined {
    if (this.#durations.length === 0 || ahead <= 0) return undefined;
    const sorted = [...this.#durations].sort((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)]!;
    return middle * (ahead - 0.5);
  }
}
