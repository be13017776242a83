/** Most passages that one block may hold: their places are then below 256, and most steps between them one byte. */
export const BLOCK_PASSAGES = 256;
const EMPTY = new Uint8Array(0);
/** LEB128: set in a byte that more follow. */
export const MORE = 0x80;
/** LEB128: what a byte says. */
export const LOW = 0x7f;
const SLOTS = 256;

/** Where terms are told apart first: `shift` brings a term to its bucket. */
export interface Spread {
  readonly shift: number;
  readonly buckets: number;
}
/** Grams are spread over 32 bits; a question reads some sixty buckets, so they are small. */
export const GRAMS: Spread = { shift: 22, buckets: 1024 };
/** Word pieces lie below 2^18; others, which no vocabulary has, share the last bucket. */
export const PIECES: Spread = { shift: 10, buckets: 256 };

/** The bucket of a term, from 0. */
export function bucketOf(term: number, { shift, buckets }: Spread): number {
  return Math.min(buckets - 1, term >>> shift);
}

/**
 * Packs which passages hold which terms: the inverted index of up to 256 passages of one document, as one run of bytes
 * for each bucket (empty ones for buckets without terms). `lists[i]` are the terms of passage i (numbers below
 * 2^32), in any order, repeats counting. Called when a document is stored.
 *
 * Format of a run: for each distinct term, ascending, its distance from the one before (from the start of its bucket), the
 * bytes of its postings, and the postings: distance to the passage before times 2, plus 1 when a count follows. All
 * numbers are LEB128 (7 bits a byte, low first, high bit: more follows).
 */
export function packRuns(lists: readonly ArrayLike<number>[], spread: Spread): Uint8Array[] {
  if (lists.length > BLOCK_PASSAGES) throw new RangeError(`a block holds ${BLOCK_PASSAGES} passages at most`);
  const keys = sortedKeys(lists);
  const runs = Array.from({ length: spread.buckets }, () => EMPTY);
  const [run, postings] = [new ByteWriter(4096), new ByteWriter(4 * BLOCK_PASSAGES)];
  for (let at = 0, bucket = 0, before = 0; at < keys.length; ) {
    const term = Math.floor(keys[at]! / SLOTS);
    if (run.length === 0) {
      bucket = bucketOf(term, spread);
      before = bucketBase(bucket, spread);
    }
    run.number(term - before);
    before = term;
    at = packPostings(postings, keys, at);
    run.number(postings.length);
    run.append(postings);
    if (at < keys.length && bucketOf(Math.floor(keys[at]! / SLOTS), spread) === bucket) continue;
    runs[bucket] = run.bytes.slice(0, run.length);
    run.length = 0;
  }
  return runs;
}

/**
 * The runs of all buckets in one: where each run ends as u32 (little endian), then the runs. That is how word pieces are
 * stored (read by `BlockCursor` of posting-cursors.ts), and grams handed to the store, which keeps each run apart (`runAt`).
 */
export function packBlock(lists: readonly ArrayLike<number>[], spread: Spread): Uint8Array {
  const runs = packRuns(lists, spread);
  const head = new DataView(new ArrayBuffer(4 * spread.buckets));
  let end = head.byteLength;
  for (const [bucket, { length }] of runs.entries()) {
    end += length;
    head.setUint32(4 * bucket, end, true);
  }
  return Buffer.concat([new Uint8Array(head.buffer), ...runs]);
}

/** The run of one bucket of a packed block; empty when it holds nothing. */
export function runAt(packed: Uint8Array, bucket: number, { buckets }: Spread): Uint8Array {
  const head = new DataView(packed.buffer, packed.byteOffset, 4 * buckets);
  const from = bucket === 0 ? 4 * buckets : head.getUint32(4 * (bucket - 1), true);
  return packed.subarray(from, head.getUint32(4 * bucket, true));
}

/** Word pieces in one block, as `BlockCursor` reads them. */
export function packPieceBlock(lists: readonly ArrayLike<number>[]): Uint8Array {
  return packBlock(lists, PIECES);
}

/** The least term of a bucket. */
export function bucketBase(bucket: number, { shift }: Spread): number {
  return (bucket << shift) >>> 0;
}

/** One number per term and passage, so that a plain sort brings the postings in order. */
function sortedKeys(lists: readonly ArrayLike<number>[]): Float64Array {
  const keys = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
  let used = 0;
  for (const [place, list] of lists.entries()) {
    for (let i = 0; i < list.length; i++) keys[used++] = (list[i]! >>> 0) * SLOTS + place;
  }
  return keys.sort();
}

/** Packs the postings of the term at `keys[from]`; returns where the next term's keys start. */
function packPostings(postings: ByteWriter, keys: Float64Array, from: number): number {
  const base = Math.floor(keys[from]! / SLOTS) * SLOTS;
  postings.length = 0;
  let at = from;
  let before = -1;
  while (at < keys.length && keys[at]! < base + SLOTS) {
    const key = keys[at]!;
    let count = 0;
    while (keys[at] === key) {
      count += 1;
      at += 1;
    }
    const place = key - base;
    postings.number((place - before - 1) * 2 + (count > 1 ? 1 : 0));
    if (count > 1) postings.number(count);
    before = place;
  }
  return at;
}

/** Bytes that grow. */
class ByteWriter {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  number(value: number): void {
    let rest = value;
    this.#room(5);
    while (rest >= MORE) {
      this.bytes[this.length++] = (rest % MORE) | MORE;
      rest = Math.floor(rest / MORE);
    }
    this.bytes[this.length++] = rest;
  }

  append(other: ByteWriter): void {
    this.#room(other.length);
    this.bytes.set(other.bytes.subarray(0, other.length), this.length);
    this.length += other.length;
  }

  #room(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}
