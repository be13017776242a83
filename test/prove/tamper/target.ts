/**
 * Something stored that nobody may change unseen. Add one: a file in this folder, and its line in index.ts. Works on a
 * folder of its own.
 */
export interface TamperTarget {
  readonly name: string;
  /** Makes the folder. Called once; every try starts from a copy. */
  setUp(folder: string): Promise<void>;
  /** The file in which a bit is turned. */
  file(folder: string): string;
  /**
   * Reads all that the file holds, as the product does, and returns it as text. Throws the product's own error for what was
   * changed. What it returns must be the truth, whatever bit was turned: nothing half-read.
   */
  read(folder: string): Promise<string>;
  /** Reasons of AppErrors by which the damage is named. */
  readonly reasons: readonly string[];
  /** Places (byte ranges, end left out) that hold nothing which is ever read, with why; turned bits there are counted apart. */
  readonly unread?: { readonly ranges: readonly (readonly [number, number])[]; readonly why: string };
}
