/**
 * Dense vectors shortened to 2 bits a number, for choosing candidates: a unit vector's numbers are spread about like a
 * normal distribution of variance 1 / dimensions, for which four steps are best cut at 0 and 0.98 deviations and stand for
 * 0.45 and 1.51 (Max, "Quantizing for minimum distortion", 1960). What is left of the order is measured by `bench:search`.
 */
const CUT = 0.9816;
const STEPS = [-1.51, -0.4528, 0.4528, 1.51] as const;

/** Bytes of a shortened vector: four numbers to a byte. */
export function codeBytes(dimensions: number): number {
  return Math.ceil(dimensions / 4);
}

/** Shortens a vector into `codes` at `at`. */
export function writeCode(codes: Uint8Array, at: number, vector: Float32Array): void {
  const cut = CUT / Math.sqrt(vector.length);
  codes.fill(0, at, at + codeBytes(vector.length));
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i]!;
    const step = value < 0 ? (value < -cut ? 0 : 1) : value < cut ? 2 : 3;
    codes[at + (i >> 2)]! |= step << (2 * (i & 3));
  }
}

/**
 * Estimates how alike shortened vectors are to one whole vector: a table look-up per byte, in whole numbers of a fixed scale
 * so that the table stays near the processor. Only the order means something.
 */
export class CodeScorer {
  readonly #table: Int16Array;
  readonly #bytes: number;

  constructor(query: Float32Array) {
    this.#bytes = codeBytes(query.length);
    const exact = new Float64Array(this.#bytes * 256);
    for (let i = 0; i < query.length; i++) {
      const [base, shift] = [(i >> 2) * 256, 2 * (i & 3)];
      for (let byte = 0; byte < 256; byte++) exact[base + byte]! += query[i]! * STEPS[(byte >> shift) & 3]!;
    }
    let largest = 0;
    for (let at = 0; at < exact.length; at++) largest = Math.max(largest, Math.abs(exact[at]!));
    const scale = largest > 0 ? 32_767 / largest : 0;
    this.#table = new Int16Array(exact.length);
    for (let at = 0; at < exact.length; at++) this.#table[at] = Math.round(exact[at]! * scale);
  }

  score(codes: Uint8Array, from: number): number {
    const table = this.#table;
    const end = from + this.#bytes;
    // Two sums, so that one addition need not wait for the other.
    let [at, base, even, odd] = [from, 0, 0, 0];
    for (; at + 3 < end; at += 4, base += 1024) {
      even += table[base + codes[at]!]! + table[base + 512 + codes[at + 2]!]!;
      odd += table[base + 256 + codes[at + 1]!]! + table[base + 768 + codes[at + 3]!]!;
    }
    for (; at < end; at++, base += 256) even += table[base + codes[at]!]!;
    return even + odd;
  }
}
