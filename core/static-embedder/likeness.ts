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
  readonly #weights: Float32Array;
  /** Per piece: 0 = not worked out yet, -1 = like none of the question, else where its entries start. */
  readonly #startOf: Int32Array;
  /** Entries of a piece: how many, then pairs of question piece and likeness. */
  entries = new Float32Array(8192);
  #used = 1;

  constructor(file: StvFile, question: Uint32Array, weights: Float32Array) {
    this.#file = file;
    this.#weights = weights;
    this.#tables = byteTables(file, question);
    this.#lengths = Float32Array.from(question, (piece) => rowLength(file, piece));
    this.#startOf = new Int32Array(file.count);
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
