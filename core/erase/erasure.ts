import type { Language, PersonId, TenantId } from '../caller.ts';

/** What goes: all documents of a person, who stays; or everything about them, after which nothing here names them. */
export type ErasureKind = 'documents' | 'person';

/** Who wanted it: the person, the end of the wait after `!people remove`, or an admin who did not wait for that. */
export type ErasureCause = 'self' | 'removed' | 'ordered';

/** Counts of what was kept, by name (`documents`, `passages`, `turns` ...). Never words. */
export type EraseCounts = Readonly<Record<string, number>>;

/** What an erasure has to find again in every store, besides person and tenant. */
export interface EraseTraces {
  /** Rooms that hold only the person and the bot. */
  readonly rooms: readonly string[];
  /** Ids of the messages that documents, questions and marks came by. */
  readonly events: readonly string[];
  /** Of an erasure of documents: what was there when it was counted. What comes later stays. */
  readonly upTo?: Newest;
  /** Set when all of that was forgotten once. */
  readonly forgot?: true;
}

/** The highest numbers that a tenant's file had given at some time; none is ever given twice. */
export interface Newest {
  readonly document: number;
  readonly passage: number;
}

/** One erasure, from the wish to the proof. `person`, `tenant` and `traces` are empty once it is done: nothing is left that names anybody. */
export interface Erasure {
  readonly id: number;
  /** Random; stands in alerts, logs and on the receipt. */
  readonly reference: string;
  readonly kind: ErasureKind;
  readonly cause: ErasureCause;
  readonly person: PersonId | null;
  readonly tenant: TenantId | null;
  readonly language: Language;
  /** Times in milliseconds since 1970. */
  readonly askedAt: number;
  readonly dueAt: number;
  readonly state: 'waiting' | 'running' | 'done' | 'cancelled';
  /** Names of the steps that are done, in order. */
  readonly steps: readonly string[];
  readonly before: EraseCounts;
  readonly traces: EraseTraces;
  /** How often it failed since the last step that went well, and when it is tried again. */
  readonly attempts: number;
  readonly nextAt: number;
  /** The signed receipt; null before it is made. It names nobody. */
  readonly receipt: string | null;
}

/** The wish as `ErasureBook.plan` takes it. */
export type NewErasure = Pick<Erasure, 'kind' | 'cause' | 'language' | 'dueAt'> & {
  readonly person: PersonId;
  readonly tenant: TenantId;
};

/** The records of erasures in control.db. Implemented by core/sqlite; worked off by the bot's erase desk. */
export interface ErasureBook {
  /**
   * Records a wish. One that is open for the same person and kind is given back instead, due at the earlier of both times and
   * tried at once; one of documents begins anew, because more may have come since.
   */
  plan(wish: NewErasure): Erasure;
  /** The open (waiting or running) erasure of a person; undefined when there is none. */
  openOf(person: string, kind?: ErasureKind): Erasure | undefined;
  /** undefined when there is no such erasure. */
  get(id: number): Erasure | undefined;
  /** The signed receipt of an erasure by its reference; undefined when there is none (yet). */
  receiptOf(reference: string): string | undefined;
  /** Open ones whose time has come, oldest first. */
  due(now: number): Erasure[];
  /** Takes a wish back. False when its first step has begun, or it is over. */
  cancel(id: number): boolean;
  /** Notes the steps' results: each call is one transaction, so that a kill leaves the step done or to be done again. */
  stepDone(id: number, step: string, found?: Partial<Pick<Erasure, 'before' | 'traces' | 'receipt'>>): void;
  /** Takes steps out of the done ones, so that they are done again. */
  redo(id: number, steps: readonly string[]): void;
  /** Notes a failure and when to try again. */
  failed(id: number, nextAt: number): void;
  /** Ends an erasure of documents; an erasure of a person ends with `Erasing.bury`. */
  finish(id: number): void;
}
