import { BestHits } from '../ask/best-hits.ts';
import type { SignalHit } from '../tenant.ts';
import type { StvFile } from './stv-file.ts';

/**
 * Likeness of the pieces of one question to any piece of the vocabulary: max(0, cos)^2 times the question piece's
 * weight. Vectors stay packed: for each question piece a table holds what every byte (two values) at every place adds
 * to the dot product, so one likeness is dim / 2 look-ups. It is worked out once per piece that occurs, and only what
 * is alike is kept: most pieces of a passage are then passed over with one look.
 */
export class QuestionLikeness {
  readonly #file: StvFile;
  readonly #tables: Int16Array;
  readonly #lengths: Float32Array;
  readonly #question: Uint32Array;
  readonly #weights: Float32Array;
  /** Per piece: 0 = not worked out yet, -1 = like none of the question, else where its entries start. */
  readonly #startOf: Int32Array;
  /** Entries of a piece: how many, then pairs of question piece and likeness. */
  entries = new Float32Array(8192);
  #used = 1;

  constructor(file: StvFile, question: Uint32Array, weights: Float32Array) {
    this.#file = file;
    this.#question = question;
    this.#weights = weights;
    this.#tables = byteTables(file, question);
    this.#lengths = Float32Array.from(question, (piece) => rowLength(file, piece));
    this.#startOf = new Int32Array(file.count);
  }

  /**
   * The pieces of a vocabulary that are most like each piece of the question, at most `most` for each, ascending. From
   * then on the others count as like none: a passage hardly ever owes its place to them. The lightest pieces of the
   * question, together less than a hundredth of it, are looked for as they are.
   */
  nearest(vocabulary: Uint32Array, most: number): Uint32Array {
    const chosen = new Map<number, [question: number, likeness: number][]>();
    const choose = (piece: number, t: number, likeness: number) => {
      const pairs = chosen.get(piece);
      if (pairs) pairs.push([t, likeness]);
      else chosen.set(piece, [[t, likeness]]);
    };
    const known = vocabulary.filter((piece) => piece < this.#file.count);
    const lengths = Float32Array.from(known, (piece) => rowLength(this.#file, piece));
    const light = lightest(this.#weights);
    for (const [t, piece] of this.#question.entries()) {
      if (light.has(t)) choose(piece, t, this.#weights[t]!);
      else for (const hit of this.#nearestTo(t, { known, lengths, most })) choose(hit.passage, t, hit.score);
    }
    this.#keepOnly(chosen);
    return Uint32Array.from(chosen.keys()).sort();
  }

  // One piece of the question after the other, so that its table stays in the processor's nearest memory.
  #nearestTo(t: number, by: { known: Uint32Array; lengths: Float32Array; most: number }): SignalHit[] {
    const half = this.#file.dim / 2;
    const { vectors } = this.#file;
    const table = this.#tables.subarray(t * half * 256, (t + 1) * half * 256);
    const best = new BestHits(by.most);
    for (let i = 0; i < by.known.length; i++) {
      let dot = 0;
      const row = by.known[i]! * half;
      for (let k = 0; k < half; k++) dot += table[k * 256 + vectors[row + k]!]!;
      const cosine = dot / (by.lengths[i]! * this.#lengths[t]!);
      if (cosine >= MIN_COSINE) best.offer(by.known[i]!, cosine * cosine * this.#weights[t]!);
    }
    return best.sorted();
  }

  #keepOnly(chosen: ReadonlyMap<number, readonly [number, number][]>): void {
    this.#startOf.fill(-1);
    this.#used = 1;
    for (const [piece, pairs] of chosen) {
      this.#makeRoom(this.#used + 1 + 2 * pairs.length);
      this.#startOf[piece] = this.#used;
      this.entries[this.#used++] = pairs.length;
      for (const [t, likeness] of pairs) {
        this.entries[this.#used++] = t;
        this.entries[this.#used++] = likeness;
      }
    }
  }

  /** How many pieces the question has. */
  get size(): number {
    return this.#weights.length;
  }

  /** Where the piece's entries start in `entries`: how many, then pairs of question piece and likeness; -1 when there are none. */
  startOf(piece: number): number {
    const at = this.#startOf[piece];
    return at === 0 ? this.#work(piece) : (at ?? -1);
  }

  #work(piece: number): number {
    const at = this.#used;
    this.#makeRoom(at + 1 + 2 * this.#weights.length);
    const half = this.#file.dim / 2;
    const row = piece * half;
    const { vectors } = this.#file;
    const tables = this.#tables;
    const length = rowLength(this.#file, piece);
    let end = at + 1;
    for (let t = 0; t < this.#weights.length; t++) {
      let dot = 0;
      let table = t * half * 256;
      for (let k = 0; k < half; k++, table += 256) dot += tables[table + vectors[row + k]!]!;
      const cosine = dot / (length * this.#lengths[t]!);
      if (cosine < MIN_COSINE) continue;
      this.entries[end++] = t;
      this.entries[end++] = cosine * cosine * this.#weights[t]!;
    }
    const count = (end - at - 1) / 2;
    this.entries[at] = count;
    if (count > 0) this.#used = end;
    this.#startOf[piece] = count > 0 ? at : -1;
    return this.#startOf[piece]!;
  }

  #makeRoom(size: number): void {
    if (size <= this.entries.length) return;
    const larger = new Float32Array(this.entries.length * 2 + size);
    larger.set(this.entries);
    this.entries = larger;
  }
}

/** Below this cosine two pieces have nothing to do with each other; measured: ranking is the same, scoring several times faster. */
const MIN_COSINE = 0.25;

/** Places of the lightest pieces that together make less than this share of all. */
const LIGHT = 0.01;

function lightest(weights: Float32Array): ReadonlySet<number> {
  const light = new Set<number>();
  let rest = LIGHT * weights.reduce((sum, weight) => sum + weight, 0);
  for (const t of [...weights.keys()].sort((a, b) => weights[a]! - weights[b]!)) {
    rest -= weights[t]!;
    if (rest < 0) return light;
    light.add(t);
  }
  return light;
}

/** For each question piece and each byte place: what each of the 256 byte values adds to the dot product with that piece. */
function byteTables(file: StvFile, question: Uint32Array): Int16Array {
  const half = file.dim / 2;
  const tables = new Int16Array(question.length * half * 256);
  question.forEach((piece, t) => {
    for (let k = 0; k < half; k++) {
      const packed = file.vectors[piece * half + k]!;
      const [low, high] = [(packed & 15) - 8, (packed >> 4) - 8];
      const at = (t * half + k) * 256;
      for (let byte = 0; byte < 256; byte++) tables[at + byte] = low * ((byte & 15) - 8) + high * ((byte >> 4) - 8);
    }
  });
  return tables;
}

const SQUARES = Uint8Array.from({ length: 256 }, (_, byte) => ((byte & 15) - 8) ** 2 + ((byte >> 4) - 8) ** 2);

/** Length of the packed row, which is made a unit vector by dividing through it; 1 for an all-zero row. */
function rowLength(file: StvFile, piece: number): number {
  const half = file.dim / 2;
  let sum = 0;
  for (let k = 0; k < half; k++) sum += SQUARES[file.vectors[piece * half + k]!]!;
  return Math.sqrt(sum) || 1;
}
