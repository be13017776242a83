import type { StvFile } from './stv-file.ts';

/**
 * Likeness of the pieces of one question to any piece of the vocabulary: max(0, cos)^2 times the question piece's
 * weight. Vectors stay packed: for each question piece a table holds what every byte (two values) at every place adds
 * to the dot product, so one likeness is dim / 2 look-ups. It is worked out once per piece that occurs, and only what
 * is alike is kept: most pieces of a passage are then passed over with one look.
 */
export class QuestionLikeness {
  readonly #file: StvFile;
  readonly #tables: Float32Array;
  readonly #weights: Float32Array;
  readonly #most: Float32Array;
  /** Per piece: 0 = not worked out yet, -1 = like none of the question, else where its entries start. */
  readonly #startOf: Int32Array;
  /** Entries of a piece: how many, then pairs of question piece and likeness. */
  #entries = new Float32Array(8192);
  #used = 1;

  constructor(file: StvFile, question: Uint32Array, weights: Float32Array) {
    this.#file = file;
    this.#weights = weights;
    this.#tables = byteTables(file, question);
    this.#most = new Float32Array(question.length);
    this.#startOf = new Int32Array(file.count);
  }

  /** Sum over question pieces of the greatest likeness that any of `pieces` has: the numerator of MaxSim. */
  sumOfMost(pieces: Uint32Array): number {
    const most = this.#most.fill(0);
    const startOf = this.#startOf;
    let entries = this.#entries;
    for (let i = 0; i < pieces.length; i++) {
      let at = startOf[pieces[i]!]!;
      if (at === 0) {
        at = this.#work(pieces[i]!);
        entries = this.#entries;
      }
      if (at <= 0) continue;
      const end = at + 2 * entries[at]!;
      for (let e = at + 1; e <= end; e += 2) {
        const t = entries[e]!;
        if (entries[e + 1]! > most[t]!) most[t] = entries[e + 1]!;
      }
    }
    return most.reduce((sum, likeness) => sum + likeness, 0);
  }

  /** Works out one piece's entries; returns where they start, or -1 when there are none. */
  #work(piece: number): number {
    if (piece >= this.#file.count) return -1;
    const at = this.#used;
    this.#makeRoom(at + 1 + 2 * this.#weights.length);
    const half = this.#file.dim / 2;
    const row = piece * half;
    const length = rowLength(this.#file, piece);
    let end = at + 1;
    for (let t = 0; t < this.#weights.length; t++) {
      let dot = 0;
      const table = t * half * 256;
      for (let k = 0; k < half; k++) dot += this.#tables[table + k * 256 + this.#file.vectors[row + k]!]!;
      const cosine = dot / length;
      if (cosine < MIN_COSINE) continue;
      this.#entries[end++] = t;
      this.#entries[end++] = cosine * cosine * this.#weights[t]!;
    }
    const count = (end - at - 1) / 2;
    this.#entries[at] = count;
    if (count > 0) this.#used = end;
    this.#startOf[piece] = count > 0 ? at : -1;
    return this.#startOf[piece]!;
  }

  #makeRoom(size: number): void {
    if (size <= this.#entries.length) return;
    const larger = new Float32Array(this.#entries.length * 2 + size);
    larger.set(this.#entries);
    this.#entries = larger;
  }
}

/** Below this cosine two pieces have nothing to do with each other; measured: ranking is the same, scoring several times faster. */
const MIN_COSINE = 0.25;

/** For each question piece and each byte place: what each of the 256 byte values adds to the dot product with that (unit) piece. */
function byteTables(file: StvFile, question: Uint32Array): Float32Array {
  const half = file.dim / 2;
  const tables = new Float32Array(question.length * half * 256);
  question.forEach((piece, t) => {
    const length = rowLength(file, piece);
    for (let k = 0; k < half; k++) {
      const packed = file.vectors[piece * half + k]!;
      const [low, high] = [((packed & 15) - 8) / length, ((packed >> 4) - 8) / length];
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
