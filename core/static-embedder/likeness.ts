import { BestHits } from '../ask/best-hits.ts';
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
  #startOf: Int32Array | undefined;
  /** Entries of a piece: how many, then pairs of question piece and likeness. */
  entries = new Float32Array(8192);
  #used = 1;

  constructor(file: StvFile, question: Uint32Array, weights: Float32Array) {
    this.#file = file;
    this.#question = question;
    this.#weights = weights;
    this.#tables = byteTables(file, question);
    this.#lengths = Float32Array.from(question, (piece) => rowLength(file, piece));
  }

  /**
   * The pieces of a vocabulary that are most like each piece of the question, at most `most` for each, ascending. The
   * others are left out: a passage hardly ever owes its place to them. The lightest pieces of the question, together
   * less than a hundredth of it, are looked for as they are.
   */
  nearest(vocabulary: Uint32Array, most: number): NearPieces {
    const chosen = new Map<number, number[]>();
    const choose = (piece: number, t: number, likeness: number) => {
      const pairs = chosen.get(piece);
      if (pairs) pairs.push(t, likeness);
      else chosen.set(piece, [t, likeness]);
    };
    const known = knownPieces(vocabulary, this.#file);
    const light = lightest(this.#weights);
    this.#lookUp(
      [...this.#question.keys()].filter((t) => !light.has(t)),
      known,
      most,
    );
    for (const [t, piece] of this.#question.entries()) {
      if (light.has(t)) choose(piece, t, this.#weights[t]!);
      else
        for (const { piece: near, square } of known.nearest.get(piece)!.near)
          choose(near, t, square * this.#weights[t]!);
    }
    const pieces = Uint32Array.from(chosen.keys()).sort();
    return { pieces, pairs: Array.from(pieces, (piece) => Float32Array.from(chosen.get(piece)!)) };
  }

  /** People ask with the same words again and again: what was looked up for one is kept as long as the vocabulary stays. */
  #lookUp(places: readonly number[], known: KnownPieces, most: number): void {
    const missing = places.filter((t) => known.nearest.get(this.#question[t]!)?.most !== most);
    // The oldest go, but none of this question: with a Map the first are the oldest.
    for (const t of places.filter((own) => !missing.includes(own))) {
      const kept = known.nearest.get(this.#question[t]!)!;
      known.nearest.delete(this.#question[t]!);
      known.nearest.set(this.#question[t]!, kept);
    }
    for (let i = 0; i < missing.length; i += 2) {
      const pair = [missing[i]!, missing[i + 1] ?? missing[i]!] as const;
      for (const [which, near] of this.#nearestTo(pair, known, most).entries())
        known.nearest.set(this.#question[pair[which]!]!, { most, near });
    }
    const kept = Math.max(MOST_KEPT, places.length);
    while (known.nearest.size > kept) known.nearest.delete(known.nearest.keys().next().value!);
  }

  // Two pieces of the question at once, so that their table stays in the processor's nearest memory and every value looked up
  // in it counts for both: it holds the sums of the one in its low half and those of the other in its high half.
  #nearestTo([first, second]: readonly [number, number], { pieces, lengths }: KnownPieces, most: number): Near[][] {
    const half = this.#file.dim / 2;
    const { vectors } = this.#file;
    const [low, high] = [first, second].map((t) => this.#tables.subarray(t * half * 256, (t + 1) * half * 256));
    const table = Int32Array.from(low!, (value, at) => value + BIAS + ((high![at]! + BIAS) << 16));
    const [lowLength, highLength] = [this.#lengths[first]!, this.#lengths[second]!];
    const [lows, highs] = [new BestHits(most), new BestHits(most)];
    for (let i = 0; i < pieces.length; i++) {
      let both = 0;
      const row = pieces[i]! * half;
      for (let k = 0; k < half; k++) both += table[k * 256 + vectors[row + k]!]!;
      const lowCosine = ((both & 0xffff) - half * BIAS) / (lengths[i]! * lowLength);
      const highCosine = ((both >>> 16) - half * BIAS) / (lengths[i]! * highLength);
      if (lowCosine >= MIN_COSINE) lows.offer(pieces[i]!, lowCosine * lowCosine);
      if (highCosine >= MIN_COSINE) highs.offer(pieces[i]!, highCosine * highCosine);
    }
    return [lows, highs].map((best) => best.sorted().map(({ passage: piece, score: square }) => ({ piece, square })));
  }

  /** How many pieces the question has. */
  get size(): number {
    return this.#weights.length;
  }

  /** Where the piece's entries start in `entries`: how many, then pairs of question piece and likeness; -1 when there are none. */
  startOf(piece: number): number {
    this.#startOf ??= new Int32Array(this.#file.count);
    const at = this.#startOf[piece];
    return at === 0 ? this.#work(piece, this.#startOf) : (at ?? -1);
  }

  #work(piece: number, startOf: Int32Array): number {
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
    startOf[piece] = count > 0 ? at : -1;
    return startOf[piece]!;
  }

  #makeRoom(size: number): void {
    if (size <= this.entries.length) return;
    const larger = new Float32Array(this.entries.length * 2 + size);
    larger.set(this.entries);
    this.entries = larger;
  }
}

/** Pieces that are like some of a question, ascending; `pairs` has for each: place in the question, likeness, and so on. */
export interface NearPieces {
  readonly pieces: Uint32Array;
  readonly pairs: readonly Float32Array[];
}

/** Makes what a byte adds (-112 to 128) positive, so that two sums share a number: at most 240 * 32 each. */
const BIAS = 112;

/** A piece that is like another, and the square of their cosine. */
interface Near {
  readonly piece: number;
  readonly square: number;
}

/** The pieces of one vocabulary that the file has, with the lengths of their rows and what was looked up among them. */
interface KnownPieces {
  readonly pieces: Uint32Array;
  readonly lengths: Float32Array;
  readonly nearest: Map<number, { readonly most: number; readonly near: readonly Near[] }>;
}

/** Pieces of questions whose neighbours are kept per vocabulary: about half a megabyte. */
const MOST_KEPT = 512;

/** Goes with the vocabulary, which a store makes anew when a piece is added to it. */
const KNOWN = new WeakMap<Uint32Array, KnownPieces & { readonly file: StvFile }>();

function knownPieces(vocabulary: Uint32Array, file: StvFile): KnownPieces {
  const before = KNOWN.get(vocabulary);
  if (before?.file === file) return before;
  const pieces = vocabulary.filter((piece) => piece < file.count);
  const lengths = Float32Array.from(pieces, (piece) => rowLength(file, piece));
  const known = { file, pieces, lengths, nearest: new Map() };
  KNOWN.set(vocabulary, known);
  return known;
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
