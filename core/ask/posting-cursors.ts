import type { PieceBlock } from '../tenant.ts';
import { bucketBase, bucketOf, LOW, MORE, PIECES, type Spread } from './posting-block.ts';

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
