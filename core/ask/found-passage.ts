import type { Passage } from '../document.ts';

/** A passage in the order of relevance. `score` is comparable within one question only. */
export interface FoundPassage {
  readonly passage: Passage;
  readonly score: number;
}
