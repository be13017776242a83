import { createHash } from 'node:crypto';
import type { AuditEntry } from '../audit.ts';
import { AppError } from '../errors.ts';
import { sameBytes } from '../keys/same-bytes.ts';

/** A row of the table `audit`. */
export interface StoredRow extends AuditEntry {
  readonly id: number;
  readonly hash: Uint8Array;
}

/** What stands before the first row: number 0 and a hash of zeros. */
export const BEGINNING: ChainEnd = { row: 0, hash: new Uint8Array(32) };

/** The last row of a stretch that was looked at: its number and hash. */
export interface ChainEnd {
  readonly row: number;
  readonly hash: Uint8Array;
}

/** SHA-256 over the hash of the row before and the JSON of this one. */
export function chainHash(before: Uint8Array, id: number, entry: AuditEntry): Uint8Array {
  const row = JSON.stringify([id, entry.at, entry.actor, entry.action, entry.target, entry.outcome]);
  return createHash('sha256').update(before).update(row).digest();
}

/** Follows the chain from one end over the rows behind it. Throws AppError `internal` (reason `audit-broken`) at the first that does not fit. */
export function followChain(from: ChainEnd, rows: readonly StoredRow[]): ChainEnd {
  let { row: last, hash } = from;
  for (const row of rows) {
    if (row.id !== last + 1 || !sameBytes(chainHash(hash, row.id, row), row.hash)) throw brokenAt(last + 1);
    last = row.id;
    hash = Uint8Array.from(row.hash);
  }
  return { row: last, hash };
}

/** The target of a checkpoint's row: `<last removed row>:<its hash>`. */
export function checkpointTarget({ row, hash }: ChainEnd): string {
  return `${row}:${Buffer.from(hash).toString('hex')}`;
}

/** The end that a checkpoint's target names; undefined when it names none. */
export function checkpointEnd(target: string): ChainEnd | undefined {
  const [, row, hash] = /^([1-9]\d{0,14}):([0-9a-f]{64})$/.exec(target) ?? [];
  return row === undefined || hash === undefined ? undefined : { row: Number(row), hash: Buffer.from(hash, 'hex') };
}

/** The error that names the first row that does not fit. */
export function brokenAt(row: number): AppError {
  return new AppError('internal', `the audit trail does not fit at row ${row}`, {
    reason: 'audit-broken',
    hint: 'Somebody changed or removed rows of control.db. Compare with the newest backup.',
    facts: { row },
  });
}
