/** How the runs of a job behave that begin from now on: end at once, fail at once, go on until told, or do not even listen to an abort. */
export type Pace = 'quick' | 'failing' | 'held' | 'deaf';

/** One thing that happens to the house; `at` is what its clock shows then. */
export type Step =
  | { readonly kind: 'tick'; readonly at: number }
  | { readonly kind: 'ask'; readonly at: number; readonly source: string; readonly job: string; readonly dry: boolean }
  | { readonly kind: 'cancel'; readonly at: number; readonly source: string; readonly job: string }
  | { readonly kind: 'pace'; readonly job: string; readonly pace: Pace }
  /** What is held of a job ends well. */
  | { readonly kind: 'end'; readonly job: string }
  /** kill -9, a stop by signal, a start. */
  | { readonly kind: 'kill' | 'stop' | 'start' }
  | { readonly kind: 'disk'; readonly full: boolean };

/** What is compared at the end: what ran and why, and what became of requests. */
export interface History {
  readonly runs: readonly {
    readonly job: string;
    readonly cause: string;
    readonly dry: boolean;
    readonly started: number;
    readonly counts: number;
    readonly ended: number | null;
    readonly outcome: string;
  }[];
  readonly requests: readonly {
    readonly source: string;
    readonly state: string;
    readonly refusal: string | null;
    /** Place of its run among the runs, from 0. */
    readonly run: number | null;
    readonly repeats: number;
  }[];
  /** What each wish to cancel met. */
  readonly cancels: readonly { readonly source: string; readonly withdrawn: number; readonly running: number }[];
}
