import { fileURLToPath } from 'node:url';
import type { TokenVectors } from '../ask/token-vectors.ts';
import type { PieceList, SignalHit } from '../tenant.ts';
import { BestHits } from './best-hits.ts';
import { QuestionLikeness } from './likeness.ts';
import { PieceTable } from './piece-table.ts';
import { pieceWords, Segmenter } from './segment.ts';
import { readStvFile, type StvFile } from './stv-file.ts';

const SHIPPED = fileURLToPath(new URL('./static_e5_64d_q4.stv', import.meta.url));

/**
 * Loads the built-in token vectors (about 0.1 s and 12 MB). Called once by each entry file and by the document reader.
 * Without a path it takes the file that comes with the product. Throws AppError `not-found` or `invalid`.
 */
export function loadTokenVectors(path: string = SHIPPED): TokenVectors {
  return new StaticTokenVectors(readStvFile(path));
}

class StaticTokenVectors implements TokenVectors {
  readonly #file: StvFile;
  readonly #segmenter: Segmenter;

  constructor(file: StvFile) {
    this.#file = file;
    const lowest = file.logP.reduce((most, q) => Math.max(most, q), 0) / -2048;
    this.#segmenter = new Segmenter(new PieceTable(file), (id) => file.logP[id]! / -2048, lowest - 10);
  }

  pieces(text: string): Uint32Array {
    const seen = new Set<number>();
    for (const word of new Set(pieceWords(text))) for (const id of this.#segmenter.segment(word)) seen.add(id);
    return Uint32Array.from(seen).sort();
  }

  /**
   * score = sum over question pieces t of w(t) * max over passage pieces u of max(0, cos(t, u))^2, divided by the sum of
   * w; w(t) = a / (a + p(t)) (smooth inverse frequency: Arora, Liang, Ma 2017).
   */
  maxSim(question: string, lists: Iterable<PieceList>, limit: number): SignalHit[] {
    const pieces = this.pieces(question);
    const weights = Float32Array.from(pieces, (id) => this.#weight(id));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (total === 0) return [];
    const likeness = new QuestionLikeness(this.#file, pieces, weights);
    const best = new BestHits(limit);
    for (const list of lists) {
      const score = likeness.sumOfMost(list.pieces) / total;
      if (score > 0) best.offer(list.passage, score);
    }
    return best.sorted();
  }

  #weight(id: number): number {
    const a = this.#file.sifA;
    return a / (a + Math.exp(this.#file.logP[id]! / -2048));
  }
}
