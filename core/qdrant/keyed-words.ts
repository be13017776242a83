import { keyedHash } from './tenant-keys.ts';

/** A sparse vector as Qdrant takes it: no index twice. */
export interface SparseVector {
  readonly indices: number[];
  readonly values: number[];
}

/** BM25 with the parameters of FTS5, so that both indexes rank alike (Robertson and Zaragoza, 2009). */
const K1 = 1.2;
const B = 0.75;
/**
 * Grams of a middling passage (504 on average over a household's papers). BM25 wants the average of all, but the weight
 * of a stored word must not depend on what is stored later; passages are cut to one size, so the average hardly moves.
 */
const MIDDLING_LENGTH = 500;
/** Most grams whose number is remembered. The frequent ones come first and stay. */
const MOST_REMEMBERED = 100_000;

/**
 * Turns grams into numbers that only the tenant's key can make again: the first 32 bits of a keyed hash. Two grams of a
 * tenant fall on one number by chance (of 100,000 different ones about one pair does): they then count as one word, which
 * lifts a few passages a little for a few questions and hides none.
 */
export class KeyedWords {
  readonly #key: Uint8Array;
  readonly #numbers = new Map<string, number>();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Weights of a passage's grams, repeats counted; Qdrant multiplies each by how rare its number is (`idf`). */
  ofPassage(grams: readonly string[]): SparseVector {
    const times = new Map<number, number>();
    for (const gram of grams) {
      const number = this.#number(gram);
      times.set(number, (times.get(number) ?? 0) + 1);
    }
    const norm = K1 * (1 - B + (B * grams.length) / MIDDLING_LENGTH);
    return sparse(times, (count) => (count * (K1 + 1)) / (count + norm));
  }

  /** The distinct grams of a question, each as much as the next; two on one number count once. */
  ofQuestion(grams: readonly string[]): SparseVector {
    return sparse(new Map(grams.map((gram) => [this.#number(gram), 1])), (count) => count);
  }

  #number(gram: string): number {
    const known = this.#numbers.get(gram);
    if (known !== undefined) return known;
    const number = keyedHash(this.#key, gram).readUInt32BE(0);
    if (this.#numbers.size < MOST_REMEMBERED) this.#numbers.set(gram, number);
    return number;
  }
}

// In the order of the numbers, so that the order of the words in the text is not told.
function sparse(times: ReadonlyMap<number, number>, weigh: (count: number) => number): SparseVector {
  const entries = [...times].sort(([a], [b]) => a - b);
  return { indices: entries.map(([number]) => number), values: entries.map(([, count]) => weigh(count)) };
}
