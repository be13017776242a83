import type { PieceBlock } from '../tenant.ts';

/** Most passages that one block may hold: their places are then below 256, and most steps between them one byte. */
export const BLOCK_PASSAGES = 256;
const EMPTY = new Uint8Array(0);
const MORE = 0x80;
const LOW = 0x7f;
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
 * stored (read by `BlockCursor`), and grams handed to the store, which keeps each run apart (`runAt`).
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

const HEAD = 4 * PIECES.buckets;

/** Reads a run: look at `term` after `nextTerm`, at `place` and `count` after `nextPosting`. */
export class RunCursor {
  readonly #bytes: Uint8Array;
  #at = 0;
  #next = 0;
  #end = 0;
  #before = 0;
  /** The term that `nextTerm` came to; -1 before the first. */
  term = -1;
  /** Place of the passage in the block, from 0, and how often it holds the term. */
  place = -1;
  count = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Starts to read the run of a bucket, which lies from `from` to `to`. */
  open(bucket: number, spread: Spread, [from, to]: readonly [number, number]): void {
    this.term = -1;
    this.#before = bucketBase(bucket, spread);
    this.#at = from;
    this.#next = from;
    this.#end = to;
  }

  /** Goes on to the next term; false at the end of the run. */
  nextTerm(): boolean {
    if (this.#next >= this.#end) return false;
    this.#at = this.#next;
    this.#before += this.#number();
    this.term = this.#before;
    const length = this.#number();
    this.#next = this.#at + length;
    this.place = -1;
    return true;
  }

  /** Goes on to the next passage that holds the term; false at the end. */
  nextPosting(): boolean {
    if (this.#at >= this.#next) return false;
    const coded = this.#number();
    this.place += (coded >>> 1) + 1;
    this.count = (coded & 1) === 1 ? this.#number() : 1;
    return true;
  }

  #number(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++]!;
    if (byte < MORE) return byte;
    let value = byte & LOW;
    for (let shift = 7; byte >= MORE && shift < 35; shift += 7) {
      byte = bytes[this.#at++]!;
      value |= (byte & LOW) << shift;
    }
    return value >>> 0;
  }
}

/** Reads a block of word pieces. */
export class BlockCursor implements PieceBlock {
  readonly passages: number;
  readonly firstPassage: number;
  readonly #bytes: Uint8Array;
  readonly #run: RunCursor;
  #bucket = -1;
  // Where `placesOf` stands: the bucket and its end, and behind which term.
  #seekBucket = -1;
  #seekAt = 0;
  #seekEnd = 0;
  #seekTerm = 0;

  /** `passages` is how many it holds; the first has the id `firstPassage`, the others follow it. */
  constructor(bytes: Uint8Array, { firstPassage, passages }: { firstPassage: number; passages: number }) {
    this.#bytes = bytes;
    this.#run = new RunCursor(bytes);
    this.firstPassage = firstPassage;
    this.passages = passages;
  }

  get term(): number {
    return this.#run.term;
  }

  get place(): number {
    return this.#run.place;
  }

  /** Goes on to the next term, from the first one on; false at the end. */
  nextTerm(): boolean {
    while (this.#bucket < 0 || !this.#run.nextTerm()) {
      if (this.#bucket + 1 >= PIECES.buckets) return false;
      this.#open(this.#bucket + 1);
    }
    return true;
  }

  /**
   * Writes the places of the passages that hold a term into `into` and returns how many they are. Quickest in ascending order
   * of terms; does not disturb `nextTerm`. One loop over numbers: a question asks every block for hundreds of terms.
   */
  placesOf(term: number, into: Uint8Array): number {
    const bytes = this.#bytes;
    const bucket = bucketOf(term, PIECES);
    if (bucket !== this.#seekBucket || term <= this.#seekTerm) this.#seek(bucket);
    let [at, before] = [this.#seekAt, this.#seekTerm];
    while (at < this.#seekEnd) {
      const from = at;
      let byte = bytes[at++]!;
      let distance = byte & LOW;
      for (let shift = 7; byte >= MORE && shift < 35; shift += 7) {
        byte = bytes[at++]!;
        distance |= (byte & LOW) << shift;
      }
      byte = bytes[at++]!;
      let length = byte & LOW;
      for (let shift = 7; byte >= MORE && shift < 35; shift += 7) {
        byte = bytes[at++]!;
        length |= (byte & LOW) << shift;
      }
      const own = before + (distance >>> 0);
      if (own >= term) {
        this.#seekAt = from;
        this.#seekTerm = before;
        return own === term ? readPlaces(bytes, [at, at + length], into) : 0;
      }
      before = own;
      at += length;
    }
    this.#seekAt = at;
    this.#seekTerm = before;
    return 0;
  }

  nextPosting(): boolean {
    return this.#run.nextPosting();
  }

  #open(bucket: number): void {
    this.#bucket = bucket;
    this.#run.open(bucket, PIECES, [this.#startOf(bucket), this.#endOf(bucket)]);
  }

  #seek(bucket: number): void {
    this.#seekBucket = bucket;
    this.#seekAt = this.#startOf(bucket);
    this.#seekEnd = this.#endOf(bucket);
    this.#seekTerm = bucketBase(bucket, PIECES);
  }

  #startOf(bucket: number): number {
    return bucket === 0 ? HEAD : this.#endOf(bucket - 1);
  }

  #endOf(bucket: number): number {
    const bytes = this.#bytes;
    const at = 4 * bucket;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }
}

/** The places of one term's postings; their counts are left aside, as a passage has each piece once. */
function readPlaces(bytes: Uint8Array, [from, end]: readonly [number, number], into: Uint8Array): number {
  let [at, place, used] = [from, -1, 0];
  while (at < end) {
    let byte = bytes[at++]!;
    let coded = byte & LOW;
    for (let shift = 7; byte >= MORE && shift < 35; shift += 7) {
      byte = bytes[at++]!;
      coded |= (byte & LOW) << shift;
    }
    place += (coded >>> 1) + 1;
    into[used++] = place;
    if ((coded & 1) === 1) while (bytes[at++]! >= MORE);
  }
  return used;
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
