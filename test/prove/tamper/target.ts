/** One change that was made to something stored. */
export interface Tampering {
  /** For the report. */
  readonly what: string;
  /** What the error has to name: the file, the part, the row. */
  readonly named: string;
  /** Only what is never read was changed: then it may stay unseen, and is counted apart. */
  readonly isUnread?: boolean;
}

/**
 * Something stored that nobody may change unseen. Add one: a file in this folder, and its line in index.ts. Works on a
 * folder of its own.
 */
export interface TamperTarget {
  readonly name: string;
  /** Makes the folder. Called once; every try starts from a copy. */
  setUp(folder: string): Promise<void>;
  /** Changes one thing in the folder: most often one bit. `random` draws which. */
  tamper(folder: string, random: () => number): Tampering | Promise<Tampering>;
  /**
   * Reads all that is stored, as the product does, and returns it as text. Throws the product's own error for what was
   * changed. What it returns must be the truth, whatever was changed: nothing half-read.
   */
  read(folder: string): Promise<string>;
  /** Reasons of AppErrors by which the damage is named. */
  readonly reasons: readonly string[];
}
