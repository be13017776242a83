import type Database from 'better-sqlite3';
import { guessLanguage } from '../ask/guess-language.ts';
import { BLOCK_PASSAGES, GRAMS } from '../ask/posting-block.ts';
import type { PackedPassages, PassageDraft } from '../document.ts';
import { PASSAGE_COLUMNS } from './document-rows.ts';
import type { WordIndex } from './word-index.ts';

/** Rows that one step writes or removes: a few milliseconds. */
const PASSAGES_AT_ONCE = 250;
const RUNS_AT_ONCE = 1000;

interface Staged {
  readonly source: string;
  readonly first: number;
  readonly passages: number;
  /** Passages stored so far, the bucket of grams that comes next, and 1 when the document has been made of them. */
  readonly stored: number;
  readonly bucket: number;
  readonly adopted: number;
}

/**
 * Large documents on their way into a tenant file: their text and grams are stored in steps, where nothing finds them, so
 * that storing them does not keep everybody waiting; one short step then makes the document of them. Passages wait in a
 * table of their own; grams lie where they will stay, under ids that are reserved, and no search reads those of a block
 * that word_blocks does not list. What a crash leaves goes when the file is opened. Part of tenant-store.
 */
export class StagedDocuments {
  readonly #db: Database.Database;
  readonly #words: WordIndex;

  constructor(db: Database.Database, words: WordIndex) {
    this.#db = db;
    this.#words = words;
  }

  /** See `TenantWriter.stageDocument`. */
  stage(source: string, content: PackedPassages): boolean {
    const staged = this.#of(source) ?? this.#begin(source, content.passages.length);
    if (staged.stored < staged.passages) {
      const some = content.passages.slice(staged.stored, staged.stored + PASSAGES_AT_ONCE);
      this.#insert(staged.first + staged.stored, some);
      this.#set(source, 'stored', staged.stored + some.length);
      return false;
    }
    if (staged.bucket < GRAMS.buckets) {
      const range = { from: staged.bucket, most: RUNS_AT_ONCE };
      this.#set(source, 'bucket', this.#words.insertRuns(staged.first, content.words, range));
      return false;
    }
    return true;
  }

  /**
   * Makes the passages and words of a document of what was staged, if all of it is there. Returns false when it is not:
   * then the caller stores them as a whole.
   */
  adopt(source: string, document: number, content: PackedPassages): boolean {
    const staged = this.#of(source);
    const { length } = content.passages;
    if (!staged || staged.adopted === 1 || staged.passages !== length) return false;
    if (staged.stored < length || staged.bucket < GRAMS.buckets) return false;
    this.#db
      .prepare(
        `INSERT INTO passages (id, document, ${PASSAGE_COLUMNS})
         SELECT id, ?, ${PASSAGE_COLUMNS} FROM staged_passages WHERE id >= ? AND id < ? ORDER BY id`,
      )
      .run(document, staged.first, staged.first + length);
    this.#words.insertBlocks(document, staged.first, content.words);
    this.#set(source, 'adopted', 1);
    return true;
  }

  /** See `TenantWriter.dropStaged`. */
  drop(source: string): boolean {
    const staged = this.#of(source);
    if (!staged) return true;
    const [from, to] = [staged.first, staged.first + staged.passages];
    if (staged.adopted === 0 && staged.bucket > 0) {
      const blocks = Array.from(
        { length: Math.ceil(staged.passages / BLOCK_PASSAGES) },
        (_, i) => from + i * BLOCK_PASSAGES,
      );
      const bucket = Math.max(0, staged.bucket - Math.ceil(RUNS_AT_ONCE / blocks.length));
      this.#words.deleteRuns(blocks, [bucket, staged.bucket]);
      this.#set(source, 'bucket', bucket);
      return false;
    }
    const { changes } = this.#db
      .prepare(
        `DELETE FROM staged_passages WHERE id IN (SELECT id FROM staged_passages WHERE id >= ? AND id < ? LIMIT ?)`,
      )
      .run(from, to, 2 * PASSAGES_AT_ONCE);
    if (changes > 0) return false;
    this.#db.prepare('DELETE FROM staged_documents WHERE source = ?').run(source);
    return true;
  }

  /** Sources of which something is staged. */
  sources(): string[] {
    return this.#db.prepare('SELECT source FROM staged_documents').pluck().all() as string[];
  }

  #of(source: string): Staged | undefined {
    return this.#db
      .prepare(
        'SELECT source, first_passage AS first, passages, stored, bucket, adopted FROM staged_documents WHERE source = ?',
      )
      .get(source) as Staged | undefined;
  }

  /** Passes over as many ids of passages as the document will need. */
  #begin(source: string, passages: number): Staged {
    this.#db.exec(`INSERT INTO sqlite_sequence (name, seq)
      SELECT 'passages', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'passages')`);
    const first = this.#db
      .prepare(`UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'passages' RETURNING seq - ? + 1`)
      .pluck()
      .get(passages, passages) as number;
    this.#db
      .prepare('INSERT INTO staged_documents (source, first_passage, passages) VALUES (?, ?, ?)')
      .run(source, first, passages);
    return { source, first, passages, stored: 0, bucket: 0, adopted: 0 };
  }

  #insert(first: number, passages: readonly PassageDraft[]): void {
    const insert = this.#db.prepare(
      `INSERT INTO staged_passages (id, ${PASSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const [i, { position, page, heading, start, end, text, language }] of passages.entries()) {
      insert.run(first + i, position, page, heading, start, end, text, language ?? guessLanguage(text) ?? '');
    }
  }

  #set(source: string, column: 'stored' | 'bucket' | 'adopted', value: number): void {
    this.#db.prepare(`UPDATE staged_documents SET ${column} = ? WHERE source = ?`).run(value, source);
  }
}
