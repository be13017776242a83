import type Database from 'better-sqlite3';
import { guessLanguage } from '../ask/guess-language.ts';
import type { DocumentInfo, NewDocument, Passage, PassageDraft } from '../document.ts';
import { DocumentTable } from './document-table.ts';

const PASSAGE = `p.id, p.document, d.name AS documentName, p.position, p.page, p.heading,
  p.start_offset AS start, p.end_offset AS end, p.text, p.language`;

/** What a passage is but for its id and document, in the order in which passages are written. */
export const PASSAGE_COLUMNS = 'position, page, heading, start_offset, end_offset, text, language';

/** Documents, passages and forgotten sources of one tenant file. Part of tenant-store. */
export class DocumentRows extends DocumentTable<DocumentInfo> {
  readonly #db: Database.Database;
  readonly #passage: Database.Statement<[number], Passage>;

  constructor(db: Database.Database) {
    super(db, 'documents');
    this.#db = db;
    this.#passage = db.prepare(
      `SELECT ${PASSAGE} FROM passages p JOIN documents d ON d.number = p.document WHERE p.id = ?`,
    );
  }

  /** Stores the row of a document; its number is chosen by the database and never given twice, unless it had one before. */
  insert(document: NewDocument & { readonly number?: number }, passages: number): DocumentInfo {
    const { number = null, source, name, kind, bytes, pages, addedAt, digest = null, note = '' } = document;
    const row = this.#db
      .prepare(
        `INSERT INTO documents (number, source, name, kind, bytes, pages, added_at, passages, digest, note)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(number, source, name, kind, bytes, pages, addedAt, passages, digest, note);
    return this.byNumber(Number(row.lastInsertRowid))!;
  }

  /** Puts a note to a document; its passage was stored before. */
  addNote(number: number, note: string): void {
    this.#db
      .prepare(
        `UPDATE documents SET note = CASE note WHEN '' THEN @note ELSE note || char(10) || @note END,
           passages = passages + 1 WHERE number = @number`,
      )
      .run({ number, note });
  }

  /** Stores passages in order and returns their ids in the same order. */
  insertPassages(document: number, passages: readonly PassageDraft[]): number[] {
    const insert = this.#db.prepare(
      `INSERT INTO passages (document, ${PASSAGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    return passages.map(({ position, page, heading, start, end, text, language = guessLanguage(text) ?? '' }) =>
      Number(insert.run(document, position, page, heading, start, end, text, language).lastInsertRowid),
    );
  }

  noteRoom(source: string, room: string, sender?: string): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO source_rooms (source, room, sender) VALUES (?, ?, ?)')
      .run(source, room, sender ?? null);
  }

  senderOf(source: string): string | undefined {
    const found = this.#db.prepare('SELECT sender FROM source_rooms WHERE source = ?').pluck().get(source);
    return (found as string | null | undefined) ?? undefined;
  }

  sentBy(person: string): number {
    return this.#db
      .prepare(
        `SELECT count(DISTINCT coalesce(d.document, s.source))
         FROM source_rooms s LEFT JOIN document_sources d ON d.source = s.source WHERE s.sender = ?`,
      )
      .pluck()
      .get(person) as number;
  }

  forgetSender(person: string): void {
    this.#db.prepare('UPDATE source_rooms SET sender = NULL WHERE sender = ?').run(person);
  }

  roomOf(source: string): string | undefined {
    return this.#db.prepare('SELECT room FROM source_rooms WHERE source = ?').pluck().get(source) as string | undefined;
  }

  /** Removes the document; its passages and what hangs on them by reference go with it. */
  delete(number: number): void {
    this.#db.prepare('DELETE FROM documents WHERE number = ?').run(number);
  }

  /** Ids of a document's passages, in order. */
  passageIds(document: number): number[] {
    return this.#db
      .prepare('SELECT id FROM passages WHERE document = ? ORDER BY position')
      .pluck()
      .all(document) as number[];
  }

  /** In the order of `ids`; unknown ids are left out. */
  passages(ids: readonly number[]): Passage[] {
    return ids.map((id) => this.#passage.get(id)).filter((passage) => passage !== undefined);
  }

  /** All passages of a document, in order. */
  passagesOf(document: number): Passage[] {
    return this.passages(this.passageIds(document));
  }

  passageCount(): number {
    return this.#db.prepare('SELECT count(*) FROM passages').pluck().get() as number;
  }

  /** Bytes of the text of every passage, those of earlier versions too. */
  textBytes(): number {
    const bytes = (table: string) => `coalesce((SELECT sum(length(CAST(text AS BLOB))) FROM ${table}), 0)`;
    return this.#db
      .prepare(`SELECT ${bytes('passages')} + ${bytes('replaced_passages')}`)
      .pluck()
      .get() as number;
  }

  /** The highest number that a document here ever had; 0 before the first. */
  newestNumber(): number {
    const last = this.#db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'documents'").pluck().get();
    return (last as number | undefined) ?? 0;
  }

  newestPassage(): number {
    const last = this.#db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'passages'").pluck().get();
    return (last as number | undefined) ?? 0;
  }

  isForgotten(source: string): boolean {
    return this.#db.prepare('SELECT 1 FROM forgotten_sources WHERE source = ?').get(source) !== undefined;
  }

  /** All of them, in order. */
  forgottenSources(): string[] {
    return this.#db.prepare('SELECT source FROM forgotten_sources ORDER BY source').pluck().all() as string[];
  }

  markForgotten(source: string): void {
    this.#db.prepare('DELETE FROM source_rooms WHERE source = ?').run(source);
    this.#db.prepare('INSERT OR IGNORE INTO forgotten_sources (source) VALUES (?)').run(source);
  }
}
