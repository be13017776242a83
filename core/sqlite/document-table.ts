import type Database from 'better-sqlite3';
import type { DocumentInfo } from '../document.ts';

const COLUMNS = 'number, source, name, kind, bytes, pages, added_at AS addedAt, passages, digest, note';

/** What the tables of current and of replaced documents have in common. Part of document-rows and document-history. */
export class DocumentTable<Row extends DocumentInfo> {
  readonly #db: Database.Database;
  readonly #table: string;
  readonly #select: string;

  /** `more`: columns beside those of every document, with a comma before each. */
  constructor(db: Database.Database, table: 'documents' | 'replaced_documents', more = '') {
    this.#db = db;
    this.#table = table;
    this.#select = `SELECT ${COLUMNS}${more} FROM ${table}`;
  }

  /** Oldest first. */
  all(): Row[] {
    return this.#db.prepare(`${this.#select} ORDER BY number`).all() as Row[];
  }

  byNumber(number: number): Row | undefined {
    return this.#db.prepare(`${this.#select} WHERE number = ?`).get(number) as Row | undefined;
  }

  /** The newest one of these bytes; undefined when there is none. */
  byDigest(digest: string): Row | undefined {
    return this.#db.prepare(`${this.#select} WHERE digest = ? ORDER BY number DESC LIMIT 1`).get(digest) as
      | Row
      | undefined;
  }

  /** Another message stands for the document from now on, because the one that brought it first is gone. */
  setSource(number: number, source: string): void {
    this.#db.prepare(`UPDATE ${this.#table} SET source = ? WHERE number = ?`).run(source, number);
  }
}
