import type Database from 'better-sqlite3';
import { packWords } from '../ask/pack-words.ts';
import type { TenantId } from '../caller.ts';
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
import type {
  BadAnswer,
  EmbeddingDepth,
  MemorySize,
  PassageMark,
  PassageVector,
  PieceLists,
  SignalHit,
  TenantWriter,
  Turn,
  WordsOf,
} from '../tenant.ts';
import { ChatMemory } from './chat-memory.ts';
import { DocumentHistory } from './document-history.ts';
import { DocumentRows } from './document-rows.ts';
import { StagedDocuments } from './staged-documents.ts';
import { VectorIndex } from './vector-index.ts';
import { WordIndex } from './word-index.ts';

/**
 * One tenant's opened file. Only the vault holds one; everybody else gets a handle that ends with their callback
 * (lent-handle.ts). Opens no transaction of its own.
 */
export class TenantStore implements TenantWriter {
  readonly tenant: TenantId;
  readonly #documents: DocumentRows;
  readonly #history: DocumentHistory;
  readonly #words: WordIndex;
  readonly #vectors: VectorIndex;
  readonly #memory: ChatMemory;
  readonly #staged: StagedDocuments;
  #wordsRemoved = false;

  constructor(db: Database.Database, tenant: TenantId) {
    this.tenant = tenant;
    this.#documents = new DocumentRows(db);
    this.#history = new DocumentHistory(db);
    this.#words = new WordIndex(db);
    this.#vectors = new VectorIndex(db);
    this.#memory = new ChatMemory(db);
    this.#staged = new StagedDocuments(db, this.#words);
  }

  lexical(grams: readonly string[], limit: number): SignalHit[] {
    return this.#words.lexical(grams, limit);
  }

  pieceLists(): Required<PieceLists> {
    return this.#words.pieceLists();
  }

  dense(model: string, query: Float32Array, limit: number): SignalHit[] {
    return this.#vectors.dense(model, query, limit);
  }

  documents(): DocumentInfo[] {
    return this.#documents.all();
  }

  document(number: number): DocumentInfo | undefined {
    return this.#documents.byNumber(number);
  }

  documentBySource(source: string): DocumentInfo | undefined {
    const number = this.#history.numberOf(source);
    return number === undefined ? undefined : this.#eitherDocument(number);
  }

  documentByDigest(digest: string): DocumentInfo | ReplacedDocument | undefined {
    return this.#documents.byDigest(digest) ?? this.#history.byDigest(digest);
  }

  replacedDocuments(): ReplacedDocument[] {
    return this.#history.all();
  }

  sourcesOf(number: number): DocumentSource[] {
    return this.#history.sources(number);
  }

  passagesOf(number: number): Passage[] {
    return this.#documents.byNumber(number) ? this.#documents.passagesOf(number) : this.#history.passagesOf(number);
  }

  wasForgotten(source: string): boolean {
    return this.#documents.isForgotten(source);
  }

  passages(ids: readonly number[]): Passage[] {
    return this.#documents.passages(ids);
  }

  passageCount(): number {
    return this.#documents.passageCount();
  }

  newestPassage(): number {
    return this.#documents.newestPassage();
  }

  turns(room: string, limit: number): Turn[] {
    return this.#memory.turns(room, limit);
  }

  turnOf(event: string): Turn | undefined {
    return this.#memory.turnOf(event);
  }

  memorySize(): MemorySize {
    return this.#memory.size();
  }

  badAnswers(): BadAnswer[] {
    return this.#memory.badAnswers();
  }

  roomOf(source: string): string | undefined {
    return this.#documents.roomOf(source);
  }

  embeddingDepth(model: string): EmbeddingDepth {
    return this.#vectors.depth(model);
  }

  passagesToEmbed(model: string, limit: number): Passage[] {
    return this.#documents.passages(this.#vectors.waiting(model, limit));
  }

  passageMarks(model: string | undefined): PassageMark[] {
    return this.#vectors.marks(model);
  }

  vectors(model: string, ids: readonly number[]): PassageVector[] {
    return this.#vectors.vectors(model, ids);
  }

  setting(key: string): string | undefined {
    return this.#memory.setting(key);
  }

  /** See `TenantWriter.addDocument`. Throws AppError `conflict` (reason `source-forgotten`) for a forgotten source. */
  addDocument(document: NewDocument, passages: readonly NewPassage[] | PackedPassages): DocumentInfo {
    const stored = this.documentBySource(document.source);
    if (stored) return stored;
    if (this.#documents.isForgotten(document.source)) {
      throw new AppError('conflict', 'this document was forgotten', { reason: 'source-forgotten' });
    }
    const added = this.#insert(document, 'words' in passages ? passages : packed(passages));
    this.#history.addSource(added.number, document);
    return added;
  }

  stageDocument(source: string, content: PackedPassages): boolean {
    return this.documentBySource(source) !== undefined || this.#staged.stage(source, content);
  }

  dropStaged(source: string): boolean {
    const isGone = this.#staged.drop(source);
    if (isGone) this.#wordsRemoved = true;
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

  addSource(number: number, source: DocumentSource): void {
    if (this.#eitherDocument(number)) this.#history.addSource(number, source);
  }

  addNote(number: number, note: string, passage: NewPassage): void {
    if (!this.#documents.byNumber(number)) return;
    this.#index(number, packed([passage]));
    this.#documents.addNote(number, note);
  }

  replaceDocument(number: number, by: { readonly number: number; readonly at: number }): void {
    const document = this.#documents.byNumber(number);
    if (!document || number === by.number) return;
    this.#history.setAside(document, by);
    this.#remove(number);
  }

  restoreDocument(number: number, wordsOf: WordsOf): DocumentInfo | undefined {
    const document = this.#history.byNumber(number);
    if (!document) return undefined;
    const passages = this.#history.passagesOf(number);
    this.#history.remove(number);
    const restored = this.#insertAgain(document, passages, wordsOf);
    this.#history.adopt(number);
    return restored;
  }

  #insertAgain(document: DocumentInfo, passages: readonly Passage[], wordsOf: WordsOf): DocumentInfo {
    const anew = passages.map((passage, position) => ({ ...passage, position, ...wordsOf(document, passage) }));
    return this.#insert(document, packed(anew));
  }

  forgetDocument(number: number): DocumentInfo | undefined {
    const document = this.#eitherDocument(number);
    if (!document) return undefined;
    for (const { source } of this.#history.sources(number)) {
      this.#history.dropSource(source);
      this.#documents.markForgotten(source);
    }
    if (isReplaced(document)) {
      this.#history.relink(number, document.replacedBy);
      this.#history.remove(number);
      this.#wordsRemoved = true;
    } else this.#remove(number);
    return document;
  }

  forgetSource(source: string, wordsOf: WordsOf): boolean {
    const number = this.#history.numberOf(source);
    const sources = number === undefined ? [] : this.#history.sources(number);
    const others = sources.filter((one) => one.source !== source);
    if (number !== undefined && others.length === 0) {
      this.forgetDocument(number);
      return false;
    }
    this.#history.dropSource(source);
    this.#documents.markForgotten(source);
    if (number === undefined) return false;
    this.#documents.setSource(number, others[0]!.source);
    this.#history.setSource(number, others[0]!.source);
    const note = sources.find((one) => one.source === source)?.note ?? '';
    const left = new Set(others.map((one) => one.note ?? '').filter((one) => one !== ''));
    if (note === '' || left.has(note)) return false;
    this.#dropNote(number, note, { left: [...left].join('\n'), wordsOf });
    return true;
  }

  /** The note counts among the words of every passage, so that all of them are indexed anew without it. */
  #dropNote(number: number, note: string, { left, wordsOf }: { left: string; wordsOf: WordsOf }): void {
    const passages = this.passagesOf(number);
    // Notes stand behind everything else.
    const own = passages.findLast(({ text, heading }) => text === note && heading === '');
    const document = this.#documents.byNumber(number);
    this.#wordsRemoved = true;
    if (!document) {
      this.#history.dropNote(number, own?.position, left);
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
    return this.#documents.byNumber(number) ?? this.#history.byNumber(number);
  }

  #insert(document: NewDocument & { readonly number?: number }, content: PackedPassages): DocumentInfo {
    const added = this.#documents.insert(document, content.passages.length);
    if (!this.#staged.adopt(document.source, added.number, content)) this.#index(added.number, content);
    return added;
  }

  #index(document: number, { passages, words }: PackedPassages): void {
    const ids = this.#documents.insertPassages(document, passages);
    if (ids.length > 0) this.#words.insert(document, ids[0]!, words);
  }

  /** Takes a document out of the current ones: its passages, words and vectors. */
  #remove(number: number): void {
    const passages = this.#documents.passageIds(number);
    this.#vectors.delete(passages);
    this.#words.delete(number);
    // They name passages by ids that no version will have again.
    this.#memory.forgetBadAnswers(passages);
    this.#documents.delete(number);
    this.#wordsRemoved = true;
  }

  addTurn(turn: Turn): void {
    this.#memory.add(turn);
  }

  forgetTurns(room?: string): number {
    const count = this.#memory.forget(room);
    if (count > 0) this.#wordsRemoved = true;
    return count;
  }

  forgetTurnOf(event: string): void {
    if (this.#memory.forgetTurnOf(event) > 0) this.#wordsRemoved = true;
  }

  forgetTurnsBefore(at: number): number {
    const count = this.#memory.forgetBefore(at);
    if (count > 0) this.#wordsRemoved = true;
    return count;
  }

  addBadAnswer(answer: BadAnswer): boolean {
    return this.#memory.addBadAnswer(answer);
  }

  forgetBadAnswers(): number {
    const count = this.#memory.forgetBadAnswers();
    if (count > 0) this.#wordsRemoved = true;
    return count;
  }

  noteRoom(source: string, room: string): void {
    this.#documents.noteRoom(source, room);
  }

  documentDepth(model: string, document: number): EmbeddingDepth {
    return this.#vectors.documentDepth(model, document);
  }

  embeddingModels(): string[] {
    return this.#vectors.models();
  }

  dropVectors(model: string, limit: number): number {
    const count = this.#vectors.drop(model, limit);
    if (count > 0) this.#wordsRemoved = true;
    return count;
  }

  putVectors(model: string, vectors: readonly PassageVector[]): void {
    this.#vectors.put(model, vectors);
  }

  setSetting(key: string, value: string): void {
    this.#memory.setSetting(key, value);
  }

  /**
   * Called by the vault at the end of a write, still inside its transaction. Returns true when words were removed, so
   * that the write-ahead log has to be emptied after the commit.
   */
  finishWrite(): boolean {
    const removed = this.#wordsRemoved;
    this.startWrite();
    return removed;
  }

  /** Called by the vault before a write: what an earlier, rolled back one has removed does not count. */
  startWrite(): void {
    this.#wordsRemoved = false;
  }
}

function packed(passages: readonly NewPassage[]): PackedPassages {
  return { passages, words: packWords(passages) };
}

function isReplaced(document: DocumentInfo | ReplacedDocument): document is ReplacedDocument {
  return 'replacedBy' in document;
}
