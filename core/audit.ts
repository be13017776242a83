/** Who did which admin or destructive act, when, with what outcome. Targets are ids, never words. */
export interface AuditEntry {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: 'done' | 'refused' | 'failed';
}

/** Append-only, each row chained to the one before by SHA-256. Implemented by core/sqlite. */
export interface AuditLog {
  append(entry: AuditEntry): void;
  /** Newest first. Whoever was erased stands there as an alias. */
  recent(limit: number): AuditEntry[];
  /** Number of rows when the chain is whole; throws AppError `internal` naming the first row that does not fit. */
  verify(): number;
}
