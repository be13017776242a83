import { AppError } from './errors.ts';

/**
 * Where the audit trail stood at a time: how many rows had been written, and the hash of the last one, which covers all
 * before it. Kept outside of the state folder (backup manifests, reports in the ops room), it also shows rows that
 * somebody with every key rewrote or cut off. `hash` is SHA-256 in hex, 64 zeros for an empty trail; `at` in milliseconds.
 */
export interface AuditAnchor {
  readonly rows: number;
  readonly hash: string;
  readonly at: number;
}

/**
 * Reads an anchor from text: JSON of an anchor, or of an object that holds one as `anchor` (what `kinkeeper audit
 * verify --json` prints), `audit` or `auditAnchor` (a backup's manifest). Used by `kinkeeper audit verify --anchor`. Throws AppError `invalid` (reason `audit-anchor`).
 */
export function readAnchor(text: string): AuditAnchor {
  const found = candidates(parsed(text)).find(isAnchor);
  if (found) return { rows: found.rows, hash: found.hash, at: found.at };
  throw new AppError('invalid', 'this is no anchor of an audit trail', {
    reason: 'audit-anchor',
    hint: 'Expected JSON such as {"rows": 12, "hash": "<64 hex digits>", "at": 1800000000000}, or the manifest of a backup.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function candidates(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const { anchor, audit, auditAnchor } = value as Record<string, unknown>;
  return [value, anchor, audit, auditAnchor];
}

function isAnchor(value: unknown): value is AuditAnchor {
  const { rows, hash, at } = (value ?? {}) as Record<keyof AuditAnchor, unknown>;
  const isCount = (given: unknown) => Number.isSafeInteger(given) && (given as number) >= 0;
  return isCount(rows) && isCount(at) && typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
}
