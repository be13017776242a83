import type Database from 'better-sqlite3';
import type { PieceList, SignalHit } from '../tenant.ts';
import { packPieces, unpackPieces } from './piece-list.ts';

const LISTS_AT_ONCE = 500;

/** The two word indexes of one tenant file: full text over grams (FTS5) and lists of word pieces. Part of tenant-store. */
export class WordIndex {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  insert(passage: number, words: { grams: string; pieces: Uint32Array }): void {
    this.#db.prepare('INSERT INTO passage_grams (rowid, grams) VALUES (?, ?)').run(passage, words.grams);
    this.#db
      .prepare('INSERT INTO passage_pieces (passage, pieces) VALUES (?, ?)')
      .run(passage, packPieces(words.pieces));
  }

  /** Takes passages out of the full text. Their pieces go with the passage row. */
  deleteGrams(passages: readonly number[]): void {
    const remove = this.#db.prepare('DELETE FROM passage_grams WHERE rowid = ?');
    for (const passage of passages) remove.run(passage);
  }

  /**
   * Rewrites the full text without what was deleted. FTS5 only marks deleted rows of a contentless table (its
   * 'secure-delete' setting does not reach them); merging everything into one segment is what removes their words.
   */
  purge(): void {
    this.#db.prepare(`INSERT INTO passage_grams (passage_grams) VALUES ('optimize')`).run();
  }

  /** See `PassageIndex.lexical`. BM25 as FTS5 computes it (k1 1.2, b 0.75), its sign turned so that higher is better. */
  lexical(grams: readonly string[], limit: number): SignalHit[] {
    const wanted = [...new Set(grams)].filter((gram) => gram !== '');
    if (wanted.length === 0 || limit < 1) return [];
    // Every gram in quotes is one string of FTS5's query language, whatever it holds.
    const query = wanted.map((gram) => `"${gram.replaceAll('"', '""')}"`).join(' OR ');
    return this.#db
      .prepare(
        'SELECT rowid AS passage, -rank AS score FROM passage_grams WHERE passage_grams MATCH ? ORDER BY rank LIMIT ?',
      )
      .all(query, limit) as SignalHit[];
  }

  /** See `PassageIndex.pieceLists`. Reads in blocks: an open cursor would block every other statement of the file. */
  *pieceLists(): Generator<PieceList> {
    const block = this.#db.prepare(
      'SELECT passage, pieces FROM passage_pieces WHERE passage > ? ORDER BY passage LIMIT ?',
    );
    for (let last = -1; ; ) {
      const rows = block.all(last, LISTS_AT_ONCE) as { passage: number; pieces: Uint8Array }[];
      for (const row of rows) yield { passage: row.passage, pieces: unpackPieces(row.pieces) };
      if (rows.length < LISTS_AT_ONCE) return;
      last = rows.at(-1)!.passage;
    }
  }
}
