/** Files sent together: what became of each is also told in one summary when there are more than this. */
const FEW = 3;

/** How a burst ended. `failed` names the files that were not kept. */
export interface BurstSummary {
  readonly kept: number;
  readonly known: number;
  readonly failed: readonly string[];
  /** Event of the burst's last file: names the summary. */
  readonly last: string;
}

interface Burst {
  readonly open: Set<string>;
  kept: number;
  known: number;
  failed: string[];
  timer: NodeJS.Timeout | undefined;
}

/** Counts what becomes of files that a person sends at once. In memory: a restart costs a summary, nothing else. */
export class FileBursts {
  readonly #bursts = new Map<string, Burst>();
  readonly #quietMs: number;
  readonly #signal: AbortSignal;

  /** `quietMs`: a burst is over when nothing is open and nothing came for so long. Nothing is told once `signal` aborts. */
  constructor(quietMs: number, signal: AbortSignal) {
    this.#quietMs = quietMs;
    this.#signal = signal;
  }

  /** A file came. `who` names person and room. Returns false when others of the same burst are still open. */
  begin(who: string, event: string): boolean {
    const burst = this.#bursts.get(who) ?? { open: new Set(), kept: 0, known: 0, failed: [], timer: undefined };
    this.#bursts.set(who, burst);
    clearTimeout(burst.timer);
    const isFirst = burst.open.size === 0;
    burst.open.add(event);
    return isFirst;
  }

  /** A file is done with; `failed` is its name. Calls `over` after a while when it was the last of many. */
  end(
    who: string,
    file: { readonly event: string; readonly outcome: 'kept' | 'known' | 'gone' | { readonly failed: string } },
    over: (summary: BurstSummary) => void,
  ): void {
    const burst = this.#bursts.get(who);
    if (!burst?.open.delete(file.event)) return;
    if (typeof file.outcome === 'object') burst.failed.push(file.outcome.failed);
    else if (file.outcome !== 'gone') burst[file.outcome] += 1;
    if (burst.open.size > 0) return;
    burst.timer = setTimeout(() => {
      this.#bursts.delete(who);
      // The bot is stopping, and its store may be closed already.
      if (this.#signal.aborted) return;
      const { kept, known, failed } = burst;
      if (kept + known + failed.length > FEW) over({ kept, known, failed, last: file.event });
    }, this.#quietMs);
    burst.timer.unref();
  }
}
