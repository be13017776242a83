import type Database from 'better-sqlite3';
import { gramTerms, scoreLexical } from '../ask/lexical-score.ts';
import { BLOCK_PASSAGES, BlockCursor, GRAM_SHIFT, PIECE_SHIFT, packBlock } from '../ask/posting-block.ts';
import type { NewPassage } from '../document.ts';
import type { PieceIndex, PieceList, PieceLists, SignalHit } from '../tenant.ts';
import { PieceSet } from './piece-set.ts';

const BLOCKS_AT_ONCE = 16;

type Words = Pick<NewPassage, 'grams' | 'pieces'>;
type Blocks = 'gram_blocks' | 'piece_blocks';

/**
 * The two word indexes of one tenant file: grams for BM25 and word pieces for MaxSim, each as one inverted index per 256
 * passages of a document (core/ask/posting-block.ts). They go with their document by reference. Part of tenant-store.
 */
export class WordIndex {
  readonly #db: Database.Database;
  // Of a write that is rolled back it may hold too much, which does no harm.
  #vocabulary: { readonly version: number; readonly pieces: PieceSet } | undefined;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Indexes the passages of a new document, whose ids follow one another from `first` on. */
  insert(document: number, first: number, words: readonly Words[]): void {
    for (let at = 0; at < words.length; at += BLOCK_PASSAGES) {
      const block = words.slice(at, at + BLOCK_PASSAGES);
      const grams = block.map((own) => gramTerms(own.grams));
      const pieces = block.map((own) => own.pieces);
      this.#store('gram_blocks', [first + at, document, packBlock(grams, GRAM_SHIFT)]);
      this.#store('piece_blocks', [first + at, document, packBlock(pieces, PIECE_SHIFT)]);
      if (this.#vocabulary) for (const list of pieces) for (const piece of list) this.#vocabulary.pieces.add(piece);
    }
  }

  #store(table: Blocks, row: [first: number, document: number, packed: Uint8Array]): void {
    this.#db.prepare(`INSERT INTO ${table} (first_passage, document, packed) VALUES (?, ?, ?)`).run(...row);
  }

  /** See `PassageIndex.lexical`. `passages` is how many the tenant has. */
  lexical(grams: readonly string[], limit: number, passages: number): SignalHit[] {
    const wanted = [...new Set(grams)].filter((gram) => gram !== '');
    if (wanted.length === 0 || limit < 1) return [];
    return scoreLexical(this.#blocks('gram_blocks'), wanted, { passages, limit });
  }

  /** See `PassageIndex.pieceLists`. */
  pieceLists(): Required<PieceLists> {
    return {
      byPiece: (): PieceIndex => ({ vocabulary: this.#allPieces(), blocks: this.#blocks('piece_blocks') }),
      [Symbol.iterator]: () => this.#lists(),
    };
  }

  /** Read once from all blocks, then kept up to date as long as nobody else writes to the file. */
  #allPieces(): Uint32Array {
    const version = this.#db.pragma('data_version', { simple: true }) as number;
    if (this.#vocabulary?.version !== version) {
      const pieces = new PieceSet();
      for (const block of this.#blocks('piece_blocks')) while (block.nextTerm()) pieces.add(block.term);
      this.#vocabulary = { version, pieces };
    }
    return this.#vocabulary.pieces.sorted();
  }

  /** A few blocks at a time: an open cursor would hinder every other statement of the file. */
  *#blocks(table: Blocks): Generator<BlockCursor> {
    const next = this.#db.prepare(
      `SELECT first_passage AS first, packed FROM ${table} WHERE first_passage > ? ORDER BY first_passage LIMIT ?`,
    );
    for (let last = -1; ; ) {
      const rows = next.all(last, BLOCKS_AT_ONCE) as { first: number; packed: Uint8Array }[];
      for (const { first, packed } of rows) yield new BlockCursor(packed, first);
      if (rows.length < BLOCKS_AT_ONCE) return;
      last = rows.at(-1)!.first;
    }
  }

  *#lists(): Generator<PieceList> {
    for (const block of this.#blocks('piece_blocks')) {
      const lists = Array.from({ length: block.passages }, (): number[] => []);
      while (block.nextTerm()) while (block.nextPosting()) lists[block.place]!.push(block.term);
      for (const [place, pieces] of lists.entries()) {
        yield { passage: block.firstPassage + place, pieces: Uint32Array.from(pieces) };
      }
    }
  }
}
