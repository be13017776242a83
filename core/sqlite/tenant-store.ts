import type Database from 'better-sqlite3';
import type { TenantId } from '../caller.ts';
import type { DocumentInfo, NewDocument, NewPassage, Passage } from '../document.ts';
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
} from '../tenant.ts';
import { ChatMemory } from './chat-memory.ts';
import { DocumentRows } from './document-rows.ts';
import { VectorIndex } from './vector-index.ts';
import { WordIndex } from './word-index.ts';

/**
 * One tenant's opened file. Only the vault holds one; everybody else gets a handle that ends with their callback
 * (lent-handle.ts). Opens no transaction of its own.
 */
export class TenantStore implements TenantWriter {
  readonly tenant: TenantId;
  readonly #documents: DocumentRows;
  readonly #words: WordIndex;
  readonly #vectors: VectorIndex;
  readonly #memory: ChatMemory;
  #wordsRemoved = false;

  constructor(db: Database.Database, tenant: TenantId) {
    this.tenant = tenant;
    this.#documents = new DocumentRows(db);
    this.#words = new WordIndex(db);
    this.#vectors = new VectorIndex(db);
    this.#memory = new ChatMemory(db);
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
    return this.#documents.bySource(source);
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
  addDocument(document: NewDocument, passages: readonly NewPassage[]): DocumentInfo {
    const stored = this.#documents.bySource(document.source);
    if (stored) return stored;
    if (this.#documents.isForgotten(document.source)) {
      throw new AppError('conflict', 'this document was forgotten', { reason: 'source-forgotten' });
    }
    const added = this.#documents.insert(document, passages.length);
    const ids = this.#documents.insertPassages(added.number, passages);
    if (ids.length > 0) this.#words.insert(added.number, ids[0]!, passages);
    return added;
  }

  forgetDocument(number: number): DocumentInfo | undefined {
    const document = this.#documents.byNumber(number);
    if (!document) return undefined;
    const passages = this.#documents.passageIds(number);
    this.#vectors.delete(passages);
    this.#words.delete(number);
    this.#memory.forgetBadAnswers(passages);
    this.#documents.delete(number);
    this.#documents.markForgotten(document.source);
    this.#wordsRemoved = true;
    return document;
  }

  forgetSource(source: string): void {
    const document = this.#documents.bySource(source);
    if (document) this.forgetDocument(document.number);
    else this.#documents.markForgotten(source);
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
