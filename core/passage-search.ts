import type { Caller } from './caller.ts';
import type { Passage } from './document.ts';
import type { SignalHit } from './tenant.ts';

/** What is looked for: the distinct grams of a question, its vector where an embedder is there, and how many hits per signal. */
export interface SearchRequest {
  readonly grams: readonly string[];
  readonly dense?: { readonly model: string; readonly vector: Float32Array } | undefined;
  readonly limit: number;
}

/** What an index found by each signal, best first, and the passages behind the hits, in no promised order. */
export interface SearchHits {
  readonly lexical: readonly SignalHit[];
  readonly dense: readonly SignalHit[];
  readonly passages: readonly Passage[];
}

/**
 * An index of passages outside of the tenants' files, which stay the truth: it answers the same two signals as
 * `PassageIndex`, but not at once. Implemented by core/qdrant; asked by searchPassages of core/ask.
 */
export interface PassageSearch {
  /**
   * Searches the caller's own passages, everything stored before the call included. Throws AppError `unavailable` when
   * the index cannot be reached or cannot be brought in line in time, `not-found` as the vault does.
   */
  search(caller: Caller, request: SearchRequest): Promise<SearchHits>;
}
