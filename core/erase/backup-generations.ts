/** A backup that was made before an erasure and may still hold what was erased, sealed to a key that is not on the server. */
export interface BackupGeneration {
  /** Its name in the list of backups; says nothing about people. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** When retention deletes it at the latest; null: it lies where nobody of ours removes anything, so no day can be promised. */
  readonly keptUntil: number | null;
}

/** Tells which backups there are when a receipt is made; `keptBackups` of core/backup implements it. */
export type BackupGenerations = () => readonly BackupGeneration[];
