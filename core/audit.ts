import type { AuditAnchor } from './audit-anchor.ts';
import type { PersonId, TenantId } from './caller.ts';

/** Who did which admin or destructive act, when, with what outcome. Targets are ids, never words. */
export interface AuditEntry {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: 'done' | 'refused' | 'failed';
}

/**
 * An entry as it is stored: its number (from 1, never used again) and its hash over the row before and itself, in hex. It
 * holds aliases of people and tenants; `named` says whom they mean, as far as that is still known.
 */
export interface AuditRow extends AuditEntry {
  readonly row: number;
  readonly hash: string;
  readonly named: Pick<AuditEntry, 'actor' | 'target'>;
}

/**
 * The act that stands for rows that were removed because they were old enough: its target is `<last removed row>:<hash>`.
 * The trail begins after it. Written by `AuditLog.removeBefore` alone.
 */
export const CHECKPOINT = 'audit.checkpoint';

/** Append-only, each row chained to the one before by SHA-256. Implemented by core/sqlite. */
export interface AuditLog {
  append(entry: AuditEntry): void;
  /** Newest first. Whoever was erased stands there as an alias. */
  recent(limit: number): AuditEntry[];
  /** What somebody did, and what was done to them or to what is theirs. Newest first. */
  concerning(who: { readonly person: PersonId; readonly tenant: TenantId }, limit: number): AuditEntry[];
  /** Rows after a number, oldest first. */
  rowsAfter(row: number, limit: number): AuditRow[];
  /**
   * Number of rows ever written when the chain is whole; throws AppError `internal` (reason `audit-broken`, fact `row`)
   * naming the first row that does not fit.
   */
  verify(): number;
  /** The first row that is still there and the last one ever written, as the table says, unverified; `first` is one more than `last` where none is there. */
  extent(): { readonly first: number; readonly last: number };
  /** Where the trail stands. Verifies it first, and throws as `verify` does. */
  anchor(at: number): AuditAnchor;
  /**
   * Verifies the trail, and that it holds the anchor's row as it was. `too-old`: that row was removed since, as old rows
   * are. Throws as `verify` does; a trail that was rewritten is named by the anchor's row, one that was cut by its first
   * missing row.
   */
  compare(anchor: AuditAnchor): 'fits' | 'too-old';
  /**
   * Removes the rows from before a time, and writes the checkpoint that keeps the rest verifiable, in one step. Returns how
   * many went; 0 (and no checkpoint) when none is that old. Throws as `verify` does, with nothing removed.
   */
  removeBefore(time: number, at: number): number;
}

/**
 * Whether an entry is about somebody: what they did, and what was done to them or to what is theirs. An id in a target ends
 * where the target does, or at a blank or a slash: "@ben:home.test" is not in "@ben:home.test.example".
 */
export function concerns(
  { actor, target }: Pick<AuditEntry, 'actor' | 'target'>,
  { person, tenant }: { readonly person: PersonId; readonly tenant: TenantId },
): boolean {
  const isTarget = (name: string) => target.startsWith(name) && /^([ /]|$)/.test(target.slice(name.length));
  return actor === person || isTarget(person) || isTarget(tenant);
}
