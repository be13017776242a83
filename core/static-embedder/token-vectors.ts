import { fileURLToPath } from 'node:url';
import { BestHits } from '../ask/best-hits.ts';
import { BLOCK_PASSAGES } from '../ask/posting-block.ts';
import type { PieceWeighing, TokenVectors } from '../ask/token-vectors.ts';
import type { PieceIndex, PieceList, PieceLists, SignalHit } from '../tenant.ts';
import { QuestionLikeness } from './likeness.ts';
import { PieceTable } from './piece-table.ts';
import { pieceWords, Segmenter, WORD_START } from './segment.ts';
import { readStvFile, type StvFile } from './stv-file.ts';

/** Pieces looked for in an index for each piece of a question; `token-vectors.test.ts` compares with looking for all. */
const NEAREST = 32;
/** What light words count: measured: the same from .2 to .3 (core/DESIGN.md, "Finding"). */
const LIGHT_WORD = 0.25;

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
   * w; w(t) = a / (a + p(t)) (smooth inverse frequency: Arora, Liang, Ma 2017). The lightest pieces, together less than a
   * hundredth of the question, are counted only where they stand themselves.
   */
  maxSim(question: string, lists: PieceLists, limit: number, weighing?: PieceWeighing): SignalHit[] {
    const weighed = this.#weighed(question, weighing?.light);
    const pieces = Uint32Array.from(weighed.keys()).sort();
    const weights = Float32Array.from(pieces, (id) => weighed.get(id)!);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (total === 0) return [];
    const likeness = new QuestionLikeness(this.#file, pieces, weights);
    const best = new BestHits(limit);
    if (lists.byPiece) scoreIndex(lists.byPiece(), likeness, (passage, score) => best.offer(passage, score / total));
    else
      for (const { passage, score } of scoreLists(lists, likeness)) if (score > 0) best.offer(passage, score / total);
    return best.sorted();
  }

  /** The question's pieces and what they weigh; one that stands in several words weighs what it does in the heaviest. */
  #weighed(question: string, light: ReadonlySet<string> = new Set()): Map<number, number> {
    const weights = new Map<number, number>();
    for (const word of new Set(pieceWords(question))) {
      const share = light.has(word.slice(WORD_START.length)) ? LIGHT_WORD : 1;
      for (const id of this.#segmenter.segment(word)) {
        weights.set(id, Math.max(weights.get(id) ?? 0, share * this.#weight(id)));
      }
    }
    return weights;
  }

  #weight(id: number): number {
    const a = this.#file.sifA;
    return a / (a + Math.exp(this.#file.logP[id]! / -2048));
  }
}

/** Sum over question pieces of the greatest likeness that any piece of the passage has, passage by passage. */
function* scoreLists(lists: Iterable<PieceList>, likeness: QuestionLikeness): Generator<SignalHit> {
  const most = new Float32Array(likeness.size);
  for (const { passage, pieces } of lists) {
    most.fill(0);
    for (const piece of pieces) {
      const at = likeness.startOf(piece);
      if (at !== -1) raise(most, likeness.entries, at);
    }
    yield { passage, score: most.reduce((sum, value) => sum + value, 0) };
  }
}

/** The same over an inverted index, by the pieces that are most like the question's; tells only what is above 0. */
function scoreIndex(
  { vocabulary, blocks }: PieceIndex,
  likeness: QuestionLikeness,
  tell: (passage: number, score: number) => void,
): void {
  const { size } = likeness;
  const { pieces, pairs } = likeness.nearest(vocabulary, NEAREST);
  const [most, sums] = [new Float32Array(size * BLOCK_PASSAGES), new Float64Array(BLOCK_PASSAGES)];
  const places = new Uint8Array(BLOCK_PASSAGES);
  for (const block of blocks) {
    most.fill(0);
    for (let i = 0; i < pieces.length; i++) {
      const held = block.placesOf(pieces[i]!, places);
      if (held > 0) raiseAll(most, { places, held }, pairs[i]!);
    }
    sums.fill(0);
    for (let t = 0, at = 0; t < size; t++)
      for (let place = 0; place < BLOCK_PASSAGES; place++) sums[place]! += most[at++]!;
    for (let place = 0; place < block.passages; place++) {
      if (sums[place]! > 0) tell(block.firstPassage + place, sums[place]!);
    }
  }
}

/** Raises what passages have for question pieces; `most` holds a block's passages side by side, for each piece of the question. */
function raiseAll(
  most: Float32Array,
  { places, held }: { places: Uint8Array; held: number },
  pairs: Float32Array,
): void {
  for (let e = 0; e < pairs.length; e += 2) {
    const [base, likeness] = [pairs[e]! * BLOCK_PASSAGES, pairs[e + 1]!];
    for (let i = 0; i < held; i++) {
      const own = base + places[i]!;
      if (likeness > most[own]!) most[own] = likeness;
    }
  }
}

function raise(most: Float32Array, entries: Float32Array, at: number): void {
  const end = at + 2 * entries[at]!;
  for (let e = at + 1; e <= end; e += 2) {
    if (entries[e + 1]! > most[entries[e]!]!) most[entries[e]!] = entries[e + 1]!;
  }
}
