import type Database from 'better-sqlite3';
import { packWords } from '../ask/pack-words.ts';
import type {
  DocumentInfo,
  DocumentSource,
  NewDocument,
  NewPassage,
  PackedPassages,
  Passage,
  ReplacedDocument,
} from '../document.ts';
import { AppError } from '../errors.ts';
import type { DocumentCopy, WordsOf } from '../tenant.ts';
import type { ChatMemory } from './chat-memory.ts';
import { DocumentHistory } from './document-history.ts';
import { DocumentRows } from './document-rows.ts';
import { StagedDocuments } from './staged-documents.ts';
import type { VectorIndex } from './vector-index.ts';
import type { WordIndex } from './word-index.ts';

/** The indexes that follow a tenant's documents, and what remembers their passages. */
interface Followers {
  readonly words: WordIndex;
  readonly vectors: VectorIndex;
  readonly memory: ChatMemory;
}

/**
 * How documents come into a tenant file, are replaced, come back and go, with everything that follows them: rows, earlier
 * versions, words, vectors, and answers that were kept. Part of tenant-store; opens no transaction of its own.
 */
export class DocumentLife {
  readonly rows: DocumentRows;
  readonly history: DocumentHistory;
  readonly #words: WordIndex;
  readonly #vectors: VectorIndex;
  readonly #memory: ChatMemory;
  readonly #staged: StagedDocuments;
  readonly #noteRemoved: () => void;
  /** The messages whose documents were forgotten in the write that is under way; emptied by tenant-store. */
  readonly forgotten: string[] = [];

  /** `noteRemoved` is called whenever words were removed, so that the log is emptied of them after the write. */
  constructor(db: Database.Database, { words, vectors, memory }: Followers, noteRemoved: () => void) {
    this.rows = new DocumentRows(db);
    this.history = new DocumentHistory(db);
    this.#words = words;
    this.#vectors = vectors;
    this.#memory = memory;
    this.#staged = new StagedDocuments(db, words);
    this.#noteRemoved = noteRemoved;
  }

  /** The document that an event brought, current or replaced; undefined when there is none. */
  bySource(source: string): DocumentInfo | ReplacedDocument | undefined {
    const number = this.history.numberOf(source);
    return number === undefined ? undefined : this.#eitherDocument(number);
  }

  /** See `TenantWriter.addDocument`. Throws AppError `conflict` (reason `source-forgotten`) for a forgotten source. */
  add(document: NewDocument, passages: readonly NewPassage[] | PackedPassages): DocumentInfo {
    const stored = this.bySource(document.source);
    if (stored) return stored;
    if (this.rows.isForgotten(document.source)) {
      throw new AppError('conflict', 'this document was forgotten', { reason: 'source-forgotten' });
    }
    const added = this.#insert(document, 'words' in passages ? passages : packed(passages));
    this.history.addSource(added.number, document);
    return added;
  }

  /** See `TenantWriter.copyDocument`. */
  copy({ number, sources, ...document }: DocumentCopy, passages: readonly NewPassage[]): DocumentInfo {
    const added = this.#insert(number === undefined ? document : { ...document, number }, packed(passages));
    for (const { room, ...source } of sources) {
      this.history.addSource(added.number, source);
      if (room !== null) this.rows.noteRoom(source.source, room);
    }
    return added;
  }

  /** See `TenantWriter.stageDocument`; true as well for a source that is stored already. */
  stage(source: string, content: PackedPassages): boolean {
    return this.bySource(source) !== undefined || this.#staged.stage(source, content);
  }

  /** See `TenantWriter.dropStaged`. */
  dropStaged(source: string): boolean {
    const isGone = this.#staged.drop(source);
    if (isGone) this.#noteRemoved();
    return isGone;
  }

  /** True when a crash has left something half way. Asked by the vault when it has opened the file. */
  hasStaged(): boolean {
    return this.#staged.sources().length > 0;
  }

  /** Called by the vault then: whoever still wants it brings it again. */
  dropAllStaged(): void {
    for (const source of this.#staged.sources()) while (!this.dropStaged(source));
  }

  /** See `TenantWriter.addSource`; a document that is not there is passed over. */
  addSource(number: number, source: DocumentSource): void {
    if (this.#eitherDocument(number)) this.history.addSource(number, source);
  }

  /** See `TenantWriter.addNote`; a document that is not current is passed over. */
  addNote(number: number, note: string, passage: NewPassage): void {
    if (!this.rows.byNumber(number)) return;
    this.#index(number, packed([passage]));
    this.rows.addNote(number, note);
  }

  /** Sets a current document aside as an earlier version of another: text kept, found no more. */
  replace(number: number, by: { readonly number: number; readonly at: number }): void {
    const document = this.rows.byNumber(number);
    if (!document || number === by.number) return;
    this.history.setAside(document, by);
    this.#remove(number);
  }

  /** Makes an earlier version current again; undefined when there is none of that number. */
  restore(number: number, wordsOf: WordsOf): DocumentInfo | undefined {
    const document = this.history.byNumber(number);
    if (!document) return undefined;
    const passages = this.history.passagesOf(number);
    this.history.remove(number);
    const restored = this.#insertAgain(document, passages, wordsOf);
    this.history.adopt(number);
    return restored;
  }

  #insertAgain(document: DocumentInfo, passages: readonly Passage[], wordsOf: WordsOf): DocumentInfo {
    const anew = passages.map((passage, position) => ({ ...passage, position, ...wordsOf(document, passage) }));
    return this.#insert(document, packed(anew));
  }

  /** Removes a document or an earlier version with all that follows it; undefined when there is none of that number. */
  forget(number: number): DocumentInfo | undefined {
    const document = this.#eitherDocument(number);
    if (!document) return undefined;
    for (const { source } of this.history.sources(number)) {
      this.history.dropSource(source);
      this.rows.markForgotten(source);
      this.forgotten.push(source);
    }
    if (isReplaced(document)) {
      this.history.relink(number, document.replacedBy);
      this.history.remove(number);
      this.#noteRemoved();
    } else this.#remove(number);
    return document;
  }

  /** See `TenantWriter.forgetSource`: true when a note went with the message, and its document stays. */
  forgetSource(source: string, wordsOf: WordsOf): boolean {
    const number = this.history.numberOf(source);
    const sources = number === undefined ? [] : this.history.sources(number);
    const others = sources.filter((one) => one.source !== source);
    if (number !== undefined && others.length === 0) {
      this.forget(number);
      return false;
    }
    this.history.dropSource(source);
    this.rows.markForgotten(source);
    if (number === undefined) return false;
    this.rows.setSource(number, others[0]!.source);
    this.history.setSource(number, others[0]!.source);
    const note = sources.find((one) => one.source === source)?.note ?? '';
    const left = new Set(others.map((one) => one.note ?? '').filter((one) => one !== ''));
    if (note === '' || left.has(note)) return false;
    this.#dropNote(number, note, { left: [...left].join('\n'), wordsOf });
    return true;
  }

  /** The note counts among the words of every passage, so that all of them are indexed anew without it. */
  #dropNote(number: number, note: string, { left, wordsOf }: { left: string; wordsOf: WordsOf }): void {
    const passages = (this.rows.byNumber(number) ? this.rows : this.history).passagesOf(number);
    // Notes stand behind everything else.
    const own = passages.findLast(({ text, heading }) => text === note && heading === '');
    const document = this.rows.byNumber(number);
    this.#noteRemoved();
    if (!document) {
      this.history.dropNote(number, own?.position, left);
      return;
    }
    this.#remove(number);
    this.#insertAgain(
      { ...document, note: left },
      passages.filter((one) => one !== own),
      wordsOf,
    );
  }

  #eitherDocument(number: number): DocumentInfo | ReplacedDocument | undefined {
    return this.rows.byNumber(number) ?? this.history.byNumber(number);
  }

  #insert(document: NewDocument & { readonly number?: number }, content: PackedPassages): DocumentInfo {
    const added = this.rows.insert(document, content.passages.length);
    if (!this.#staged.adopt(document.source, added.number, content)) this.#index(added.number, content);
    return added;
  }

  #index(document: number, { passages, words }: PackedPassages): void {
    const ids = this.rows.insertPassages(document, passages);
    if (ids.length > 0) this.#words.insert(document, ids[0]!, words);
  }

  /** Takes a document out of the current ones: its passages, words and vectors. */
  #remove(number: number): void {
    const passages = this.rows.passageIds(number);
    this.#vectors.delete(passages);
    this.#words.delete(number);
    // They name passages by ids that no version will have again.
    this.#memory.forgetBadAnswers(passages);
    this.rows.delete(number);
    this.#noteRemoved();
  }
}

function packed(passages: readonly NewPassage[]): PackedPassages {
  return { passages, words: packWords(passages) };
}

function isReplaced(document: DocumentInfo | ReplacedDocument): document is ReplacedDocument {
  return 'replacedBy' in document;
}
