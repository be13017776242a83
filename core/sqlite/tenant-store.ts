import type Database from 'better-sqlite3';
import { TEST_QUESTION } from '../backup/test-question.ts';
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
import type {
  BadAnswer,
  DocumentCopy,
  EmbeddingDepth,
  GramCounts,
  MemorySize,
  PassageMark,
  PassageVector,
  SignalHit,
  TenantRecords,
  TenantWriter,
  Turn,
  WordsOf,
} from '../tenant.ts';
import { ChatMemory } from './chat-memory.ts';
import { DocumentLife } from './document-life.ts';
import { VectorIndex } from './vector-index.ts';
import { WordIndex } from './word-index.ts';

/**
 * One tenant's opened file. Only the vault holds one; everybody else gets a handle that ends with their callback
 * (lent-handle.ts). Opens no transaction of its own.
 */
export class TenantStore implements TenantWriter {
  readonly tenant: TenantId;
  readonly #life: DocumentLife;
  readonly #words: WordIndex;
  readonly #vectors: VectorIndex;
  readonly #memory: ChatMemory;
  #wordsRemoved = false;

  constructor(db: Database.Database, tenant: TenantId) {
    this.tenant = tenant;
    this.#words = new WordIndex(db);
    this.#vectors = new VectorIndex(db);
    this.#memory = new ChatMemory(db);
    const followers = { words: this.#words, vectors: this.#vectors, memory: this.#memory };
    this.#life = new DocumentLife(db, followers, () => {
      this.#wordsRemoved = true;
    });
  }

  lexical(grams: readonly string[], limit: number, among?: GramCounts): SignalHit[] {
    return this.#words.lexical(grams, limit, among);
  }

  gramCounts(grams: readonly string[]): GramCounts {
    return this.#words.gramCounts(grams);
  }

  pieceLists(): ReturnType<WordIndex['pieceLists']> {
    return this.#words.pieceLists();
  }

  dense(model: string, query: Float32Array, limit: number): SignalHit[] {
    return this.#vectors.dense(model, query, limit);
  }

  documents(): DocumentInfo[] {
    return this.#life.rows.all();
  }

  document(number: number): DocumentInfo | undefined {
    return this.#life.rows.byNumber(number);
  }

  documentBySource(source: string): DocumentInfo | undefined {
    return this.#life.bySource(source);
  }

  documentByDigest(digest: string): DocumentInfo | ReplacedDocument | undefined {
    return this.#life.rows.byDigest(digest) ?? this.#life.history.byDigest(digest);
  }

  replacedDocuments(): ReplacedDocument[] {
    return this.#life.history.all();
  }

  sourcesOf(number: number): DocumentSource[] {
    return this.#life.history.sources(number);
  }

  passagesOf(number: number): Passage[] {
    return this.#life.rows.byNumber(number)
      ? this.#life.rows.passagesOf(number)
      : this.#life.history.passagesOf(number);
  }

  wasForgotten(source: string): boolean {
    return this.#life.rows.isForgotten(source);
  }

  passages(ids: readonly number[]): Passage[] {
    return this.#life.rows.passages(ids);
  }

  passageCount(): number {
    return this.#life.rows.passageCount();
  }

  textBytes(): number {
    return this.#life.rows.textBytes();
  }

  newestDocument(): number {
    return this.#life.rows.newestNumber();
  }

  newestPassage(): number {
    return this.#life.rows.newestPassage();
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

  turnsBefore(at: number): number {
    return this.#memory.countBefore(at);
  }

  badAnswers(): BadAnswer[] {
    return this.#memory.badAnswers();
  }

  roomOf(source: string): string | undefined {
    return this.#life.rows.roomOf(source);
  }

  senderOf(source: string): string | undefined {
    return this.#life.rows.senderOf(source);
  }

  sentBy(person: string): number {
    return this.#life.rows.sentBy(person);
  }

  embeddingDepth(model: string): EmbeddingDepth {
    return this.#vectors.depth(model);
  }

  passagesToEmbed(model: string, limit: number): Passage[] {
    return this.#life.rows.passages(this.#vectors.waiting(model, limit));
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

  records(): TenantRecords {
    return { ...this.#memory.records(), forgottenSources: this.#life.rows.forgottenSources() };
  }

  copyDocument(copy: DocumentCopy, passages: readonly NewPassage[]): DocumentInfo {
    return this.#life.copy(copy, passages);
  }

  addDocument(document: NewDocument, passages: readonly NewPassage[] | PackedPassages): DocumentInfo {
    return this.#life.add(document, passages);
  }

  stageDocument(source: string, content: PackedPassages): boolean {
    return this.#life.stage(source, content);
  }

  dropStaged(source: string): boolean {
    return this.#life.dropStaged(source);
  }

  /** True when a crash has left something half way. Asked by the vault when it has opened the file. */
  hasStaged(): boolean {
    return this.#life.hasStaged();
  }

  /** Called by the vault then: whoever still wants it brings it again. */
  dropAllStaged(): void {
    this.#life.dropAllStaged();
  }

  addSource(number: number, source: DocumentSource): void {
    this.#life.addSource(number, source);
  }

  addNote(number: number, note: string, passage: NewPassage): void {
    this.#life.addNote(number, note, passage);
  }

  replaceDocument(number: number, by: { readonly number: number; readonly at: number }): void {
    this.#life.replace(number, by);
  }

  restoreDocument(number: number, wordsOf: WordsOf): DocumentInfo | undefined {
    return this.#life.restore(number, wordsOf);
  }

  forgetDocument(number: number): DocumentInfo | undefined {
    return this.#life.forget(number);
  }

  forgetSource(source: string, wordsOf: WordsOf): boolean {
    return this.#life.forgetSource(source, wordsOf);
  }

  forgettings(): number {
    return this.#memory.forgettings();
  }

  addTurn(turn: Turn): void {
    this.#memory.add(turn);
  }

  forgetTurns(room?: string): number {
    const count = this.#memory.forget(room);
    if (count > 0) this.#wordsRemoved = true;
    return count;
  }

  forgetTurnsOf(events: readonly string[]): number {
    const count = this.#memory.forgetTurnsOf(events);
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

  forgetBadAnswer(event: string): void {
    if (this.#memory.forgetBadAnswer(event) > 0) this.#wordsRemoved = true;
  }

  forgetBadAnswers(): number {
    const count = this.#memory.forgetBadAnswers();
    if (count > 0) this.#wordsRemoved = true;
    return count;
  }

  noteRoom(source: string, room: string, sender?: string): void {
    this.#life.rows.noteRoom(source, room, sender);
  }

  forgetSender(person: string): void {
    this.#life.rows.forgetSender(person);
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
   * Called by the vault at the end of a write, still inside its transaction. `wordsRemoved`: the write-ahead log has to be
   * emptied after the commit; `forgotten`: the messages whose documents went.
   */
  finishWrite(): { readonly wordsRemoved: boolean; readonly forgotten: readonly string[] } {
    const done = { wordsRemoved: this.#wordsRemoved, forgotten: [...this.#life.forgotten] };
    // Its words may be those that were removed; the next backup makes another.
    if (done.wordsRemoved) this.#memory.dropSetting(TEST_QUESTION);
    this.startWrite();
    return done;
  }

  /** Called by the vault before a write: what an earlier, rolled back one has removed does not count. */
  startWrite(): void {
    this.#wordsRemoved = false;
    this.#life.forgotten.length = 0;
  }
}
