import type { PieceEncoder } from '../question.ts';
import type { PieceLists, SignalHit } from '../tenant.ts';

/** The built-in token vectors as finding uses them. Implemented by core/static-embedder. */
export interface TokenVectors extends PieceEncoder {
  /**
   * Scores every list against the question by MaxSim, best first, at most `limit`, lists without any likeness left out.
   * The score is divided by the weight of the whole question: 1 = every word stands there, 0 = nothing alike.
   */
  maxSim(question: string, lists: PieceLists, limit: number, weighing?: PieceWeighing): SignalHit[];
}

/** What a question's words weigh beside how rare they are. */
export interface PieceWeighing {
  /** Words that count a quarter, as they stand between blanks, in NFKC and lower case (`stopWordsIn`). */
  readonly light: ReadonlySet<string>;
}
