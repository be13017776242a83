import type { PieceBlock } from '../tenant.ts';

/** Most passages that one block may hold: their places are then below 256, and most steps between them one byte. */
export const BLOCK_PASSAGES = 256;
/** Blocks of fewer passages are read from end to end: a table of where to start would be larger than what it saves. */
const SMALL = 16;
const BUCKETS = 256;
/** Right shift from a term to its bucket: of grams, which are spread over 32 bits, and of word pieces, which lie below 2^18. */
export const GRAM_SHIFT = 24;
export const PIECE_SHIFT = 10;
const ONE_BUCKET = 31;
const MORE = 0x80;
const LOW = 0x7f;
const SLOTS = 256;

/**
 * Packs which passages hold which terms: the inverted index of up to 256 passages of one document. `lists[i]` are the
 * terms of passage i (numbers below 2^32), in any order, repeats counting. Called when a document is stored.
 *
 * Format (little endian): u16 passages; u16 terms with repeats of each passage (65,535 at most); u8 right shift from a
 * term to its bucket (31: there is one bucket only); u32 where each bucket starts, and where the last one ends; then for
 * each distinct term, ascending: its distance from the one before in its bucket, the bytes of its postings, and the
 * postings: distance to the passage before times 2, plus 1 when a count follows. Numbers without a size are LEB128
 * (7 bits a byte, low first, high bit: more follows).
 */
export function packBlock(
  lists: readonly ArrayLike<number>[],
  kind: typeof GRAM_SHIFT | typeof PIECE_SHIFT,
): Uint8Array {
  if (lists.length > BLOCK_PASSAGES) throw new RangeError(`a block holds ${BLOCK_PASSAGES} passages at most`);
  const keys = sortedKeys(lists);
  const shift = lists.length < SMALL ? ONE_BUCKET : kind;
  const start = headerSize(lists.length, shift);
  const out = new ByteWriter(start + keys.length * 3);
  const postings = new ByteWriter(4 * BLOCK_PASSAGES);
  out.length = start;
  const starts = new Uint32Array(bucketsOf(shift) + 1);
  let bucket = -1;
  let before = 0;
  for (let at = 0; at < keys.length; ) {
    const term = Math.floor(keys[at]! / SLOTS);
    const own = bucketOf(term, shift);
    if (own !== bucket) {
      starts.fill(out.length, bucket + 1, own + 1);
      bucket = own;
      before = bucketBase(own, shift);
    }
    out.number(term - before);
    before = term;
    at = packPostings(postings, keys, at);
    out.number(postings.length);
    out.append(postings);
  }
  starts.fill(out.length, bucket + 1);
  writeHeader(out.bytes, lists, { shift, starts });
  return out.bytes.slice(0, out.length);
}

/** Reads one block, term by term: look at `term` after `nextTerm`, at `place` and `count` after `nextPosting`. */
export class BlockCursor implements PieceBlock {
  readonly passages: number;
  readonly firstPassage: number;
  readonly #bytes: Uint8Array;
  readonly #shift: number;
  #at = 0;
  #postingsEnd = 0;
  #bucket = -1;
  #bucketEnd = 0;
  /** The term that `nextTerm` or `toTerm` came to. */
  term = 0;
  /** Place of the passage in the block, from 0, and how often it holds the term. */
  place = -1;
  count = 0;

  /** `firstPassage` is the id of the block's first passage; the others follow it. */
  constructor(bytes: Uint8Array, firstPassage: number) {
    this.#bytes = bytes;
    this.firstPassage = firstPassage;
    this.passages = bytes[0]! | (bytes[1]! << 8);
    this.#shift = bytes[2 + 2 * this.passages]!;
  }

  /** Terms of a passage, repeats counted. */
  lengthOf(place: number): number {
    return this.#bytes[2 + 2 * place]! | (this.#bytes[3 + 2 * place]! << 8);
  }

  /** Goes on to the next term, from the first one on; false at the end. */
  nextTerm(): boolean {
    while (this.#postingsEnd >= this.#bucketEnd) {
      if (this.#bucket + 1 >= bucketsOf(this.#shift)) return false;
      this.#openBucket(this.#bucket + 1);
    }
    this.#step();
    return true;
  }

  /** Goes to a term, wherever it stands; false when no passage of the block holds it. */
  toTerm(term: number): boolean {
    this.#openBucket(bucketOf(term, this.#shift));
    while (this.#postingsEnd < this.#bucketEnd) {
      this.#step();
      if (this.term >= term) return this.term === term;
    }
    return false;
  }

  #openBucket(bucket: number): void {
    this.#bucket = bucket;
    this.#postingsEnd = this.#startOf(bucket);
    this.#bucketEnd = this.#startOf(bucket + 1);
    this.term = bucketBase(bucket, this.#shift);
  }

  #step(): void {
    this.#at = this.#postingsEnd;
    this.term += this.#number();
    const length = this.#number();
    this.#postingsEnd = this.#at + length;
    this.place = -1;
  }

  /** Goes on to the next passage that holds the term; false at the end. */
  nextPosting(): boolean {
    if (this.#at >= this.#postingsEnd) return false;
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

  #startOf(bucket: number): number {
    const bytes = this.#bytes;
    const at = 3 + 2 * this.passages + 4 * bucket;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  }
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

function writeHeader(
  bytes: Uint8Array,
  lists: readonly ArrayLike<number>[],
  { shift, starts }: { shift: number; starts: Uint32Array },
): void {
  const view = new DataView(bytes.buffer);
  view.setUint16(0, lists.length, true);
  for (const [place, { length }] of lists.entries()) view.setUint16(2 + 2 * place, Math.min(length, 0xffff), true);
  view.setUint8(2 + 2 * lists.length, shift);
  for (const [bucket, at] of starts.entries()) view.setUint32(3 + 2 * lists.length + 4 * bucket, at, true);
}

function headerSize(passages: number, shift: number): number {
  return 3 + 2 * passages + 4 * (bucketsOf(shift) + 1);
}

function bucketsOf(shift: number): number {
  return shift === ONE_BUCKET ? 1 : BUCKETS;
}

// Terms above what the shift was made for all lie in the last bucket.
function bucketOf(term: number, shift: number): number {
  return shift === ONE_BUCKET ? 0 : Math.min(BUCKETS - 1, term >>> shift);
}

function bucketBase(bucket: number, shift: number): number {
  return shift === ONE_BUCKET ? 0 : (bucket << shift) >>> 0;
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
