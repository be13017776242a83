import type Database from 'better-sqlite3';
import type { DocumentInfo, DocumentSource, Passage, ReplacedDocument } from '../document.ts';
import { DocumentTable } from './document-table.ts';

const COLUMNS = 'number, source, name, kind, bytes, pages, added_at, passages, digest, note';
const PLACE = 'position, page, heading, start_offset, end_offset, text';

/** Which messages brought a document, and the earlier versions of documents. Part of tenant-store. */
export class DocumentHistory extends DocumentTable<ReplacedDocument> {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    super(db, 'replaced_documents', ', replaced_by AS replacedBy, replaced_at AS replacedAt');
    this.#db = db;
  }

  /** Number of the document that a source brought, current or replaced; undefined when it brought none. */
  numberOf(source: string): number | undefined {
    return this.#db.prepare('SELECT document FROM document_sources WHERE source = ?').pluck().get(source) as
      | number
      | undefined;
  }

  /** In the order in which they came. */
  sources(document: number): DocumentSource[] {
    return this.#db
      .prepare(
        'SELECT source, added_at AS addedAt, note FROM document_sources WHERE document = ? ORDER BY added_at, source',
      )
      .all(document) as DocumentSource[];
  }

  addSource(document: number, { source, addedAt, note = '' }: DocumentSource): void {
    this.#db
      .prepare('INSERT OR IGNORE INTO document_sources (source, document, added_at, note) VALUES (?, ?, ?, ?)')
      .run(source, document, addedAt, note);
  }

  dropSource(source: string): void {
    this.#db.prepare('DELETE FROM document_sources WHERE source = ?').run(source);
  }

  /** Passages of a replaced document, in order. Their ids are 0: nothing can point to them. */
  passagesOf(document: number): Passage[] {
    return this.#db
      .prepare(
        `SELECT 0 AS id, p.document, d.name AS documentName, p.position, p.page, p.heading,
           p.start_offset AS start, p.end_offset AS end, p.text
         FROM replaced_passages p JOIN replaced_documents d ON d.number = p.document
         WHERE p.document = ? ORDER BY p.position`,
      )
      .all(document) as Passage[];
  }

  /** Copies a current document and its text over; the caller takes it out of the current ones. */
  setAside({ number }: DocumentInfo, by: { readonly number: number; readonly at: number }): void {
    this.#db
      .prepare(
        `INSERT INTO replaced_documents (replaced_by, replaced_at, ${COLUMNS})
         SELECT ?, ?, ${COLUMNS} FROM documents WHERE number = ?`,
      )
      .run(by.number, by.at, number);
    this.#db
      .prepare(
        `INSERT INTO replaced_passages (document, ${PLACE}) SELECT document, ${PLACE} FROM passages WHERE document = ?`,
      )
      .run(number);
  }

  /** Takes a note out of a replaced document, with its passage at this position; `note` is what is left. */
  dropNote(number: number, position: number | undefined, note: string): void {
    this.#db.prepare('DELETE FROM replaced_passages WHERE document = ? AND position = ?').run(number, position ?? -1);
    this.#db
      .prepare(
        `UPDATE replaced_documents SET note = ?,
           passages = (SELECT count(*) FROM replaced_passages WHERE document = number) WHERE number = ?`,
      )
      .run(note, number);
  }

  /** Removes a replaced document with its text. */
  remove(number: number): void {
    this.#db.prepare('DELETE FROM replaced_documents WHERE number = ?').run(number);
  }

  /** What was replaced by a document that is gone is replaced by this one from now on. */
  adopt(number: number): void {
    this.#db
      .prepare(
        `UPDATE replaced_documents SET replaced_by = ?
         WHERE replaced_by NOT IN (SELECT number FROM documents UNION ALL SELECT number FROM replaced_documents)`,
      )
      .run(number);
  }

  /** What a document has replaced is replaced by another one from now on. */
  relink(from: number, to: number): void {
    this.#db.prepare('UPDATE replaced_documents SET replaced_by = ? WHERE replaced_by = ?').run(to, from);
  }
}
