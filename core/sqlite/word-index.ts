import type Database from 'better-sqlite3';
import type { BucketRuns } from '../ask/gather-postings.ts';
import { scoreLexical } from '../ask/lexical-score.ts';
import { BlockCursor, GRAMS, runsOf } from '../ask/posting-block.ts';
import type { WordBlock } from '../document.ts';
import type { PieceIndex, PieceList, PieceLists, SignalHit } from '../tenant.ts';
import { PieceSet } from './piece-set.ts';

const BLOCKS_AT_ONCE = 16;
const EMPTY = new Uint8Array();
/** Key of a run: bucket times this plus the block's first passage, so that one bucket's runs lie side by side. */
const BUCKET_KEYS = 2 ** 32;

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
    const words = this.#db.prepare('INSERT INTO word_blocks (first_passage, document, lengths) VALUES (?, ?, ?)');
    const pieces = this.#db.prepare('INSERT INTO piece_blocks (first_passage, packed) VALUES (?, ?)');
    const grams = this.#db.prepare('INSERT INTO gram_runs (key, packed) VALUES (?, ?)');
    const runs: [key: number, run: Uint8Array][] = [];
    let at = first;
    for (const block of blocks) {
      words.run(at, document, block.lengths);
      pieces.run(at, block.pieces);
      for (const [bucket, run] of runsOf(block.grams, GRAMS)) runs.push([bucket * BUCKET_KEYS + at, run]);
      const passages = block.lengths.length / 2;
      if (this.#vocabulary) {
        const cursor = new BlockCursor(block.pieces, { firstPassage: at, passages });
        while (cursor.nextTerm()) this.#vocabulary.pieces.add(cursor.term);
      }
      at += passages;
    }
    // In the order of keys: each page of the tree is then written once.
    runs.sort((a, b) => a[0] - b[0]);
    for (const [key, run] of runs) grams.run(key, run);
  }

  /** Takes the grams of a document out; the rest of its index goes with it by reference. */
  delete(document: number): void {
    const blocks = this.#db.prepare('SELECT first_passage FROM word_blocks WHERE document = ?').pluck().all(document);
    const remove = this.#db.prepare('DELETE FROM gram_runs WHERE key = ?');
    for (const first of blocks as number[]) {
      for (let bucket = 0; bucket < GRAMS.buckets; bucket++) remove.run(bucket * BUCKET_KEYS + first);
    }
  }

  /** See `PassageIndex.lexical`. */
  lexical(grams: readonly string[], limit: number): SignalHit[] {
    const wanted = grams.filter((gram) => gram !== '');
    if (wanted.length === 0 || limit < 1) return [];
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
    return scoreLexical({ blocks, runs }, wanted, limit);
  }

  /** See `PassageIndex.pieceLists`. */
  pieceLists(): Required<PieceLists> {
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
