import { bucketBase, GRAMS } from './posting-block.ts';

/** The runs of one bucket (posting-block.ts), one behind the other, of all blocks that have one, in the order of blocks. */
export interface BucketRuns {
  /** First passage of each run's block. */
  readonly firsts: ArrayLike<number>;
  /** Bytes of each run. */
  readonly sizes: ArrayLike<number>;
  readonly packed: Uint8Array;
}

/** Where one gram stands: place among all passages times 256 plus how often (255 at most). */
export class Postings {
  entries = new Uint32Array(64);
  used = 0;

  /** Makes room for so many more. */
  reserve(more: number): void {
    if (this.used + more <= this.entries.length) return;
    const larger = new Uint32Array(2 * (this.used + more));
    larger.set(this.entries.subarray(0, this.used));
    this.entries = larger;
  }
}

/**
 * The postings of some terms of one bucket in all blocks. `bases` has the place of each block's first passage among all;
 * a block that is not in it is left out. Called by scoreLexical. One loop over numbers, without a cursor object: a question
 * goes through millions of bytes here.
 */
export function gatherPostings(
  { firsts, sizes, packed }: BucketRuns,
  { bucket, terms, bases }: { bucket: number; terms: readonly number[]; bases: ReadonlyMap<number, number> },
): Postings[] {
  const wanted = Uint32Array.from(terms).sort();
  const found = Array.from(wanted, () => new Postings());
  const start = bucketBase(bucket, GRAMS);
  for (let block = 0, from = 0; block < firsts.length; block++) {
    const range: [number, number] = [from, from + sizes[block]!];
    from = range[1];
    const base = bases.get(firsts[block]!);
    if (base !== undefined) gatherRun(packed, range, { start, wanted, found, base });
  }
  return found;
}

interface Gathering {
  readonly start: number;
  readonly wanted: Uint32Array;
  readonly found: readonly Postings[];
  readonly base: number;
}

/** Goes through one run as far as the last of the wanted terms. Format: posting-block.ts. */
function gatherRun(bytes: Uint8Array, [from, end]: readonly [number, number], by: Gathering): void {
  const { wanted } = by;
  let [at, term, next] = [from, by.start, 0];
  while (at < end) {
    let byte = bytes[at++]!;
    let value = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
      byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
    }
    term += value >>> 0;
    byte = bytes[at++]!;
    let length = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
      byte = bytes[at++]!;
      length |= (byte & 0x7f) << shift;
    }
    while (next < wanted.length && wanted[next]! < term) next += 1;
    if (next === wanted.length) return;
    if (wanted[next] === term) gatherTerm(bytes, [at, at + length], { postings: by.found[next]!, base: by.base });
    at += length;
  }
}

function gatherTerm(
  bytes: Uint8Array,
  [from, end]: readonly [number, number],
  { postings, base }: { postings: Postings; base: number },
): void {
  // Each takes one byte at least.
  postings.reserve(end - from);
  const { entries } = postings;
  let [at, used, place] = [from, postings.used, base - 1];
  while (at < end) {
    let byte = bytes[at++]!;
    let coded = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
      byte = bytes[at++]!;
      coded |= (byte & 0x7f) << shift;
    }
    place += (coded >>> 1) + 1;
    let count = 1;
    if ((coded & 1) === 1) {
      byte = bytes[at++]!;
      count = byte & 0x7f;
      for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
        byte = bytes[at++]!;
        count |= (byte & 0x7f) << shift;
      }
      if (count > 255) count = 255;
    }
    entries[used++] = place * 256 + count;
  }
  postings.used = used;
}
