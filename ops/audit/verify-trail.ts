import type { AuditLog } from '../../core/audit.ts';
import type { AuditAnchor } from '../../core/audit-anchor.ts';
import { AppError } from '../../core/errors.ts';

/** What `kinkeeper audit verify` found. `first`: number of the oldest row still kept; `compared`: with the anchor given. */
export type TrailVerdict =
  | {
      readonly ok: true;
      readonly rows: number;
      readonly first: number;
      readonly anchor: AuditAnchor;
      readonly compared: 'fits' | 'too-old' | 'not-asked';
    }
  | { readonly ok: false; readonly brokenAtRow: number };

/** Verifies the trail, and against an anchor kept elsewhere where one is given. For `kinkeeper audit verify`. */
export function verifyTrail(audit: AuditLog, given: AuditAnchor | undefined, at: number): TrailVerdict {
  try {
    const anchor = audit.anchor(at);
    const compared = given === undefined ? 'not-asked' : audit.compare(given);
    return { ok: true, rows: anchor.rows, first: audit.rowsAfter(0, 1)[0]?.row ?? 1, anchor, compared };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.reason !== 'audit-broken') throw thrown;
    return { ok: false, brokenAtRow: Number(thrown.facts.row) };
  }
}

/** The verdict in words, for a terminal. */
export function verdictLines(verdict: TrailVerdict): string {
  if (!verdict.ok) {
    return [
      `the audit trail does not fit at row ${verdict.brokenAtRow}: it was changed, removed or put in from outside; rows before it are sound`,
      '  -> find out who had access to the server, and compare with an older backup: kinkeeper audit verify --anchor <manifest>',
    ].join('\n');
  }
  const { rows, first, anchor, compared } = verdict;
  const compares = {
    fits: ['the trail continues that of the anchor'],
    'too-old': ['the row of the anchor was removed since, as old rows are: compare with a younger anchor'],
    'not-asked': [],
  };
  return [
    `the audit trail is whole: ${rows} ${rows === 1 ? 'row' : 'rows'}${first > 1 ? `, kept from row ${first} on` : ''}`,
    ...compares[compared],
    `anchor: ${JSON.stringify(anchor)}`,
  ].join('\n');
}
