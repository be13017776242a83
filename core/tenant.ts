import type { Caller, TenantId } from './caller.ts';
import type {
  DocumentInfo,
  DocumentSource,
  NewDocument,
  NewPassage,
  PackedPassages,
  Passage,
  ReplacedDocument,
} from './document.ts';

/** What a tenant is: a person, a family room, or a shelf (one lent document, read by two). */
export type TenantKind = 'person' | 'room' | 'shelf';

/** A passage and how well it matches by one signal; higher is better, scales differ between signals. */
export interface SignalHit {
  readonly passage: number;
  readonly score: number;
}

/** One passage's distinct word pieces, as stored. */
export interface PieceList {
  readonly passage: number;
  readonly pieces: Uint32Array;
}

/**
 * The word pieces of up to 256 neighbouring passages by piece (core/ask/posting-block.ts): `placesOf` writes the places of
 * the passages that hold a piece (`firstPassage + place`) into an array of 256 and returns how many they are.
 */
export interface PieceBlock {
  readonly passages: number;
  readonly firstPassage: number;
  placesOf(piece: number, into: Uint8Array): number;
}

/**
 * All word pieces by piece: every one that occurs (perhaps some that no longer do), ascending, and the blocks in order.
 * A store gives the very same `vocabulary` as long as no piece is added, and never writes to it: work on it is kept.
 */
export interface PieceIndex {
  readonly vocabulary: Uint32Array;
  readonly blocks: Iterable<PieceBlock>;
}

/** How often grams stand in a store, for several stores that are searched as one: a word is as rare as it is in all of them. */
export interface GramCounts {
  readonly passages: number;
  /** Grams of all passages, repeats counted. */
  readonly length: number;
  /** Of each gram asked for, how many passages hold it. */
  readonly holding: ReadonlyMap<string, number>;
}

/** Word pieces by passage, and by piece where the store keeps them so (many times faster for MaxSim over many passages). */
export interface PieceLists extends Iterable<PieceList> {
  byPiece?(): PieceIndex;
  /** Several stores read as one, each with a vocabulary of its own: they are scored one after the other. */
  stores?(): readonly PieceLists[];
}

/** The signals that a tenant's index answers. core/ask fuses them; a store never decides what is relevant. */
export interface PassageIndex {
  /**
   * BM25 (k1 1.2, b 0.75) over the stored grams: passages that hold at least one of `grams`, best first, at most `limit`.
   * Exact: an index may leave a gram out only where its weight is none (it stands in more than half of the passages).
   * `among`: the passages of several stores, this one included, by which grams are weighed then.
   */
  lexical(grams: readonly string[], limit: number, among?: GramCounts): SignalHit[];
  /** How often these grams stand here. */
  gramCounts(grams: readonly string[]): GramCounts;
  /** Every passage's word pieces, in no promised order; for MaxSim. An index without `byPiece` gives lists only. */
  pieceLists(): PieceLists;
  /**
   * Cosine similarity to passages embedded by `model`, best first; [] when none is embedded yet. Scores are exact. Above
   * some thousand passages an index may choose the candidates by shortened vectors, so that the last of `limit` may be
   * missing, but hardly ever one of the first ten.
   */
  dense(model: string, query: Float32Array, limit: number): SignalHit[];
}

/** One exchange kept as chat memory. `room` separates conversations, `event` makes a repeat change nothing. */
export interface Turn {
  readonly event: string;
  readonly room: string;
  readonly question: string;
  /** What a model said; '' when passages were shown, which are not copied. */
  readonly answer: string;
  readonly at: number;
  /** Ids of the passages that were cited or shown. */
  readonly passages: readonly number[];
  /** Name of the model; null when none took part. */
  readonly model: string | null;
}

/** How much chat memory there is; `oldest` and `newest` are undefined when there is none. */
export interface MemorySize {
  readonly turns: number;
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
}

/** An answer that its person marked as bad, as it was. */
export type BadAnswer = Omit<Turn, 'room'>;

/** Makes the word indexes of a passage anew (core/ingest/index-words.ts). */
export type WordsOf = (
  document: { readonly name: string; readonly note?: string | undefined },
  passage: { readonly heading: string; readonly text: string },
) => Pick<NewPassage, 'grams' | 'pieces'>;

/** How far the background embedding has come for one model. */
export interface EmbeddingDepth {
  readonly embedded: number;
  readonly passages: number;
}

/** What an index outside of the tenant's file has to know to stay in line with it: one entry per passage. */
export interface PassageMark {
  readonly passage: number;
  readonly source: string;
  readonly addedAt: number;
  readonly position: number;
  /** Whether the model that was asked for has embedded it. */
  readonly isEmbedded: boolean;
}

/** A passage's unit-length vector. */
export interface PassageVector {
  readonly passage: number;
  readonly vector: Float32Array;
}

/** What a tenant keeps beside its documents and answers marked as bad, all of it; for the export. */
export interface TenantRecords {
  /** Of every conversation, oldest first. */
  readonly turns: readonly Turn[];
  readonly settings: readonly { readonly key: string; readonly value: string }[];
  /** Messages whose document was forgotten and must not come back by a repeat. */
  readonly forgottenSources: readonly string[];
}

/** A document as another installation kept it, with every message that brought it; `source` is the first of them. */
export interface DocumentCopy extends NewDocument {
  /** The number to have, one that no document here ever had; undefined: the next one. */
  readonly number: number | undefined;
  readonly sources: readonly (DocumentSource & { readonly room: string | null })[];
}

/** Reading right over one tenant. Lives only inside the callback that lent it; afterwards every call throws AppError `internal`. */
export interface TenantReader extends PassageIndex {
  readonly tenant: TenantId;
  /** Oldest first. */
  documents(): DocumentInfo[];
  /** undefined when there is no such document of this tenant. */
  document(number: number): DocumentInfo | undefined;
  /** The document that the event brought, current or replaced; undefined when it brought none (or it was forgotten). */
  documentBySource(source: string): DocumentInfo | ReplacedDocument | undefined;
  /** The document of a file's digest, a current one rather than a replaced one; undefined when there is none. */
  documentByDigest(digest: string): DocumentInfo | ReplacedDocument | undefined;
  /** Earlier versions of documents, oldest first. They are in no index, and `documents` and `document` leave them out. */
  replacedDocuments(): ReplacedDocument[];
  /** The messages that brought a document, current or replaced, in order; [] when there is no such document. */
  sourcesOf(number: number): DocumentSource[];
  /** All passages of a document in order; those of a replaced one have the id 0. [] when there is no such document. */
  passagesOf(number: number): Passage[];
  /** True when a document of this source was once stored and then forgotten: it must not come back by a repeat. */
  wasForgotten(source: string): boolean;
  /** In the order of `ids`; unknown ids are left out. */
  passages(ids: readonly number[]): Passage[];
  passageCount(): number;
  /** The highest number that a document here ever had; 0 before the first. */
  newestDocument(): number;
  /** Bytes of text, in UTF-8, that are kept of all documents and their earlier versions. */
  textBytes(): number;
  /** Id of the passage that was stored last, also when it is gone again; 0 before the first. Ids are never used twice. */
  newestPassage(): number;
  /** The latest turns of a conversation, oldest first. */
  turns(room: string, limit: number): Turn[];
  /** The turn that this event asked; undefined when it is forgotten. */
  turnOf(event: string): Turn | undefined;
  memorySize(): MemorySize;
  /** How many turns are from before a time. */
  turnsBefore(at: number): number;
  /** How often chat memory was forgotten on request, also with a document: two of these tell whether that happened between them. */
  forgettings(): number;
  /** Answers marked as bad, newest first. */
  badAnswers(): BadAnswer[];
  /** The room that a source came in; undefined when that was not noted. */
  roomOf(source: string): string | undefined;
  /** Who sent what a source brought; undefined when that was not noted. */
  senderOf(source: string): string | undefined;
  /** How many documents came from a person, as far as that was noted; one that they sent twice is one. */
  sentBy(person: string): number;
  embeddingDepth(model: string): EmbeddingDepth;
  /** The same for one document; nothing of nothing when there is no such document. */
  documentDepth(model: string, document: number): EmbeddingDepth;
  /** Names of the models that have vectors here, the oldest first. */
  embeddingModels(): string[];
  /** Passages that `model` has not embedded yet, oldest document first. */
  passagesToEmbed(model: string, limit: number): Passage[];
  /** Every passage, oldest document first, for an index elsewhere; `model` undefined: none counts as embedded. */
  passageMarks(model: string | undefined): PassageMark[];
  /** The stored vectors of one model, in the order of `ids`; passages without one are left out. */
  vectors(model: string, ids: readonly number[]): PassageVector[];
  /** A small per-tenant setting; undefined when it was never set. */
  setting(key: string): string | undefined;
  records(): TenantRecords;
}

/** Reading and writing. The callback that it is lent to is one transaction: it all happens or nothing does. */
export interface TenantWriter extends TenantReader {
  /** Stores a document with its passages and word indexes. A repeat of the same `source` returns what is stored already. */
  addDocument(document: NewDocument, passages: readonly NewPassage[] | PackedPassages): DocumentInfo;
  /**
   * Stores a document that another installation kept, for core/export/import-export.ts, which asks before whether one of
   * its sources is known here.
   */
  copyDocument(copy: DocumentCopy, passages: readonly NewPassage[]): DocumentInfo;
  /**
   * Stores the next few of a document's passages and words where nothing finds them, for an `addDocument` of the same source
   * and content that then has little left to do. Returns true when all are stored. For core/ingest/stage-document.ts.
   */
  stageDocument(source: string, content: PackedPassages): boolean;
  /** Removes the next few of what was staged of a source and is not needed any more; true when nothing is left. */
  dropStaged(source: string): boolean;
  /** Notes that another message brought the same file. */
  addSource(number: number, source: DocumentSource): void;
  /** Puts a note to a current document, with the passage by which it is found. */
  addNote(number: number, note: string, passage: NewPassage): void;
  /** Makes a current document an earlier version of another: its text stays, but is not found any more. */
  replaceDocument(number: number, by: { readonly number: number; readonly at: number }): void;
  /** Makes a replaced document current again, under its number; its dense vectors follow. undefined when there is none. */
  restoreDocument(number: number, wordsOf: WordsOf): DocumentInfo | undefined;
  /**
   * Removes a document, current or replaced, with its passages, words and vectors, and remembers its sources as forgotten.
   * What it had replaced stays replaced; who forgets a current one decides about that. undefined when there is none.
   */
  forgetDocument(number: number): DocumentInfo | ReplacedDocument | undefined;
  /**
   * Marks a source as forgotten, also one that has not come yet. The document that it brought goes with its last source;
   * before, just the note goes that no other source has: its text, passage, words and vectors. True when one went.
   */
  forgetSource(source: string, wordsOf: WordsOf): boolean;
  addTurn(turn: Turn): void;
  /** Removes chat memory: of one conversation, or all of it. Returns how many turns went. */
  forgetTurns(room?: string): number;
  /** Removes what an event asked and its answer, also where it was marked as bad. */
  forgetTurnOf(event: string): void;
  /** Removes the turns from before a time. Returns how many went. */
  forgetTurnsBefore(at: number): number;
  /** Keeps an answer that was marked as bad. Returns false when it was kept already. */
  addBadAnswer(answer: BadAnswer): boolean;
  /** Removes the answer to an event from those marked as bad: its turn stays in its place. Does nothing when it is none. */
  forgetBadAnswer(event: string): void;
  /** Removes all answers marked as bad. Returns how many went. */
  forgetBadAnswers(): number;
  /** Notes the room that a source came in, and who sent it; goes when its document is forgotten. */
  noteRoom(source: string, room: string, sender?: string): void;
  /** Forgets who sent what a person sent; the documents stay. For erasing somebody who gave papers to a family room. */
  forgetSender(person: string): void;
  /** Stores unit-length vectors of one model; passages that are gone meanwhile are left out. Throws AppError `invalid` when the size differs from the model's earlier vectors. */
  putVectors(model: string, vectors: readonly PassageVector[]): void;
  /** Removes up to `limit` vectors of a model, and the model with its last one. Returns how many went; 0 when there is no such model. */
  dropVectors(model: string, limit: number): number;
  setSetting(key: string, value: string): void;
}

/**
 * The only way to a tenant's data: lends a handle for the caller's own tenant for the time of a callback. Callbacks are
 * synchronous on purpose: nothing can interleave with a transaction, and a handle cannot leak into later work unnoticed.
 */
export interface Vault {
  /** Throws AppError `not-found` when the caller's tenant does not exist (any more), or is none of theirs. */
  read<T>(caller: Caller, fn: (reader: TenantReader) => T): T;
  /** Throws as `read` does, and `forbidden` for a shelf, which nobody but the product itself writes to. */
  write<T>(caller: Caller, fn: (writer: TenantWriter) => T): T;
}
