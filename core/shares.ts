import type { Caller, PersonId, TenantId } from './caller.ts';

/** A share as one of its two people sees it. */
export interface Share {
  /** Counted by each person for themselves, never used again. */
  readonly number: number;
  readonly side: 'owner' | 'reader';
  readonly owner: PersonId;
  readonly reader: PersonId;
  /** Number of the document among the owner's. */
  readonly document: number;
  readonly madeAt: number;
  /** From this time on it is over, milliseconds since 1970; null: until somebody ends it. */
  readonly until: number | null;
  /** For reading the shelf: there is one document in it, and nothing is ever written there for a person. */
  readonly shelf: Caller;
}

/** What is to be lent, to whom, and until when. */
export interface Lending {
  readonly document: number;
  readonly reader: PersonId;
  readonly until: number | null;
}

/**
 * Who lent which document to whom: each share is a shelf, a tenant with a key and a file of its own. Implemented by
 * core/sqlite; `lendDocument` fills a shelf. A share is gone at once when it ends: its key first, then its file.
 */
export interface Shares {
  /** The open shares in which the caller is owner or reader, the oldest first; [] for a caller in a family room. */
  of(caller: Caller): Share[];
  /** Open shares of documents that lie in this tenant. */
  lentFrom(tenant: TenantId): Share[];
  /**
   * Makes an empty shelf that nobody may enter but the product; `open` shows it to both once it is filled. One that is
   * never opened goes with the next `sweep`. Throws AppError `conflict` when the two have one of this document already
   * (reason `share-known`), or very many (`share-full`).
   */
  begin(caller: Caller, lending: Lending): { readonly shelf: Caller; open(): Share };
  /** Ends one of the caller's shares, of either side. undefined when the caller has none of this number. */
  end(caller: Caller, number: number): Share | undefined;
  /** Ends the share of a shelf, for the product itself. Does nothing when there is none. */
  close(shelf: TenantId): void;
  /** How many there are of a person, of either side, also ended ones whose file is still there. */
  countOf(person: string): number;
  /** Whether there ever was one of a person, of either side. */
  hadAny(person: string): boolean;
  /** Ends everything that a person lent or was lent, keys and files at once. For freezing and erasing a person; a repeat changes nothing. */
  endAllOf(person: string): void;
  /** Finishes what has ended, is over or was left half way: keys are destroyed, files removed. Safe to call at any time. */
  sweep(): void;
}
