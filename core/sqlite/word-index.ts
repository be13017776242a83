import type Database from 'better-sqlite3';
import type { BucketRuns } from '../ask/gather-postings.ts';
import { countGrams, type GramIndex, scoreLexical } from '../ask/lexical-score.ts';
import { GRAMS, runAt } from '../ask/posting-block.ts';
import { BlockCursor } from '../ask/posting-cursors.ts';
import type { WordBlock } from '../document.ts';
import type { GramCounts, PieceIndex, PieceList, PieceLists, SignalHit } from '../tenant.ts';
import { PieceSet } from './piece-set.ts';

const BLOCKS_AT_ONCE = 16;
const EMPTY = new Uint8Array();
/** Key of a run: bucket times this plus the block's first passage, so that one bucket's runs lie side by side. */
/** Keys of `gram_runs` for each bucket: the rest of a key is the first passage of its block. */
export const BUCKET_KEYS = 2 ** 32;

/**
 * The two word indexes of one tenant file: grams for BM25 and word pieces for MaxSim, each inverted per block of 256
 * passages of a document (core/ask/posting-block.ts). A question needs a few buckets of grams of every block, and hardly
 * less than all of the pieces. Part of tenant-store.
 */
export class WordIndex {
  readonly #db: Database.Database;
  // Of a write that is rolled back it may hold too much, which does no harm.
  #vocabulary: { readonly version: number; readonly pieces: PieceSet } | undefined;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Indexes passages of a document, whose ids follow one another from `first` on. */
  insert(document: number, first: number, blocks: readonly WordBlock[]): void {
    this.insertBlocks(document, first, blocks);
    this.insertRuns(first, blocks, { from: 0, most: Number.POSITIVE_INFINITY });
  }

  /** All but the grams. */
  insertBlocks(document: number, first: number, blocks: readonly WordBlock[]): void {
    const words = this.#db.prepare('INSERT INTO word_blocks (first_passage, document, lengths) VALUES (?, ?, ?)');
    const pieces = this.#db.prepare('INSERT INTO piece_blocks (first_passage, packed) VALUES (?, ?)');
    for (const [at, block] of placed(first, blocks)) {
      words.run(at, document, block.lengths);
      pieces.run(at, block.pieces);
      if (!this.#vocabulary) continue;
      const cursor = new BlockCursor(block.pieces, { firstPassage: at, passages: block.lengths.length / 2 });
      while (cursor.nextTerm()) this.#vocabulary.pieces.add(cursor.term);
    }
  }

  /**
   * The grams of whole buckets from `from` on, until at least `most` runs are written; returns the bucket that comes next.
   * Bucket by bucket, which is the order of keys: each page of the tree is then written once.
   */
  insertRuns(first: number, blocks: readonly WordBlock[], { from, most }: { from: number; most: number }): number {
    const insert = this.#db.prepare('INSERT INTO gram_runs (key, packed) VALUES (?, ?)');
    let [bucket, written] = [from, 0];
    for (; bucket < GRAMS.buckets && written < most; bucket++) {
      for (const [at, { grams }] of placed(first, blocks)) {
        const run = runAt(grams, bucket, GRAMS);
        if (run.length === 0) continue;
        insert.run(bucket * BUCKET_KEYS + at, run);
        written += 1;
      }
    }
    return bucket;
  }

  /** Takes the grams of a document out; the rest of its index goes with it by reference. */
  delete(document: number): void {
    const blocks = this.#db.prepare('SELECT first_passage FROM word_blocks WHERE document = ?').pluck().all(document);
    this.deleteRuns(blocks as number[], [0, GRAMS.buckets]);
  }

  /** Takes the grams of some buckets out, of blocks by their first passages. */
  deleteRuns(blocks: readonly number[], [from, to]: readonly [number, number]): void {
    const remove = this.#db.prepare('DELETE FROM gram_runs WHERE key = ?');
    for (let bucket = from; bucket < to; bucket++) for (const first of blocks) remove.run(bucket * BUCKET_KEYS + first);
  }

  /** See `PassageIndex.lexical`. */
  lexical(grams: readonly string[], limit: number, among?: GramCounts): SignalHit[] {
    const wanted = grams.filter((gram) => gram !== '');
    if (wanted.length === 0 || limit < 1) return [];
    return scoreLexical(this.#gramIndex(), wanted, { limit, among });
  }

  /** See `PassageIndex.gramCounts`. */
  gramCounts(grams: readonly string[]): GramCounts {
    return countGrams(
      this.#gramIndex(),
      grams.filter((gram) => gram !== ''),
    );
  }

  #gramIndex(): GramIndex {
    const blocks = this.#db
      .prepare('SELECT first_passage AS first, lengths FROM word_blocks ORDER BY first_passage')
      .all() as { first: number; lengths: Uint8Array }[];
    const some = this.#db
      .prepare(
        `SELECT group_concat((key & 4294967295) || ' ' || length(packed), ' '), CAST(group_concat(packed, '') AS BLOB)
         FROM (SELECT key, packed FROM gram_runs WHERE key >= ? AND key < ? ORDER BY key)`,
      )
      .raw();
    // All runs of a bucket in one value: hundreds of rows of a few hundred bytes each would cost more than reading them.
    const runs = (bucket: number): BucketRuns => {
      const from = bucket * BUCKET_KEYS;
      const [heads, packed] = some.get(from, from + BUCKET_KEYS) as [string | null, Uint8Array | null];
      return headed(heads ?? '', packed ?? EMPTY);
    };
    return { blocks, runs };
  }

  /** See `PassageIndex.pieceLists`. */
  pieceLists(): Required<Pick<PieceLists, 'byPiece'>> & PieceLists {
    return {
      byPiece: (): PieceIndex => ({ vocabulary: this.#allPieces(), blocks: this.#blocks() }),
      [Symbol.iterator]: () => this.#lists(),
    };
  }

  /** Read once from all blocks, then kept up to date as long as nobody else writes to the file. */
  #allPieces(): Uint32Array {
    const version = this.#db.pragma('data_version', { simple: true }) as number;
    if (this.#vocabulary?.version !== version) {
      const pieces = new PieceSet();
      for (const block of this.#blocks()) while (block.nextTerm()) pieces.add(block.term);
      this.#vocabulary = { version, pieces };
    }
    return this.#vocabulary.pieces.sorted();
  }

  /** A few blocks at a time: an open cursor would hinder every other statement of the file. */
  *#blocks(): Generator<BlockCursor> {
    const next = this.#db.prepare(
      `SELECT first_passage AS firstPassage, length(lengths) / 2 AS passages, packed
       FROM piece_blocks JOIN word_blocks USING (first_passage) WHERE first_passage > ? ORDER BY first_passage LIMIT ?`,
    );
    for (let last = -1; ; ) {
      const rows = next.all(last, BLOCKS_AT_ONCE) as { firstPassage: number; passages: number; packed: Uint8Array }[];
      for (const row of rows) yield new BlockCursor(row.packed, row);
      if (rows.length < BLOCKS_AT_ONCE) return;
      last = rows.at(-1)!.firstPassage;
    }
  }

  *#lists(): Generator<PieceList> {
    for (const block of this.#blocks()) {
      const lists = Array.from({ length: block.passages }, (): number[] => []);
      while (block.nextTerm()) while (block.nextPosting()) lists[block.place]!.push(block.term);
      for (const [place, pieces] of lists.entries()) {
        yield { passage: block.firstPassage + place, pieces: Uint32Array.from(pieces) };
      }
    }
  }
}

/** Blocks with the ids of their first passages. */
function* placed(first: number, blocks: readonly WordBlock[]): Generator<[number, WordBlock]> {
  let at = first;
  for (const block of blocks) {
    yield [at, block];
    at += block.lengths.length / 2;
  }
}

/** Reads "first size first size ...". */
function headed(heads: string, packed: Uint8Array): BucketRuns {
  const numbers: number[] = [];
  let value = 0;
  for (let at = 0; at < heads.length; at++) {
    const digit = heads.charCodeAt(at) - ZERO;
    if (digit >= 0) value = 10 * value + digit;
    else {
      numbers.push(value);
      value = 0;
    }
  }
  if (heads !== '') numbers.push(value);
  const half = numbers.length / 2;
  return {
    firsts: Float64Array.from({ length: half }, (_, i) => numbers[2 * i]!),
    sizes: Uint32Array.from({ length: half }, (_, i) => numbers[2 * i + 1]!),
    packed,
  };
}

const ZERO = 48;
