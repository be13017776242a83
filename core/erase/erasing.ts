import type { KeyObject } from 'node:crypto';
import type { TenantId } from '../caller.ts';
import type { EraseCounts, EraseTraces, Erasure, ErasureBook } from './erasure.ts';

/** What lies in a tenant's file, counted in its raw tables, and the ids of the messages that it came by. */
export interface Inventory {
  readonly counts: EraseCounts;
  readonly events: readonly string[];
}

/** Limits what is counted: of documents and passages up to a number, and of questions by message. */
export type CountedWithin = Required<Pick<EraseTraces, 'upTo' | 'events'>>;

/** A place where something that should be gone was found: counts, never the value itself. */
export interface Leftover {
  readonly table: string;
  readonly column: string;
  readonly rows: number;
}

/** The part of an opened state that erases. Used by the bot's erase desk and by `kinkeeper receipt`. */
export interface Erasing {
  readonly book: ErasureBook;
  /** Counts a tenant's file, or part of it, also one whose person is frozen. Empty when there is no file (any more), or it cannot be read. */
  inventory(tenant: TenantId, within?: CountedWithin): Inventory;
  /**
   * Destroys a tenant's key and removes its files, and before that everything its person lent or was lent. A repeat changes nothing. Throws AppError `unavailable` (reason
   * `store-busy`) when the file is in use, or the log that still holds the wrapped key cannot be emptied yet.
   */
  shred(tenant: TenantId): void;
  /** Whether anything of a tenant is still there: its files in the state folder, or its key. */
  isShredded(tenant: TenantId): boolean;
  /**
   * The end of an erasure of a person, at once: tombstones, the person's and the tenant's rows, their names in the audit trail
   * and in alerts, and the names in the erasure itself. Throws AppError `internal` (reason `erase-incomplete`) and changes
   * nothing when anything in control.db would still hold person, tenant or one of the rooms.
   */
  bury(erasure: Erasure, at: number): void;
  /** Empties the write-ahead log of control.db, which still holds what was removed. False when that is not possible now. */
  emptyLog(): boolean;
  /** Whether somebody of this Matrix id was erased here. */
  wasErased(person: string): boolean;
  /** Whether a tombstone names this tenant: then it is gone on purpose. */
  wasTenantErased(tenant: TenantId): boolean;
  /** All that was erased, ended and forgotten here, whole, in the form of the tombstone file: for the copy that goes where backups go. */
  erasedList(): string;
  /**
   * Adds to the tombstone file what such a list has and it lacks; it takes effect when the state folder is opened anew. False, and
   * nothing is changed, for one that is not whole or another household's. For `kinkeeper restore`.
   */
  takeErasedList(text: string): boolean;
  /** The key (32 bytes) that the sealed copy of that name has; to be wiped by who asked. */
  erasedCopyKey(name: string): Uint8Array;
  /** The keyed mark that stands for a person on receipts. */
  subject(person: string): string;
  readonly signingKey: KeyObject;
  readonly verifyingKey: KeyObject;
}
