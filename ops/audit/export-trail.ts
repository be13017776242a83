import type { AuditLog, AuditRow } from '../../core/audit.ts';
import { allRows } from '../../core/audit-rows.ts';

/** The rows since a time (milliseconds), oldest first. For `kinkeeper audit export`. */
export function exportTrail(audit: Pick<AuditLog, 'rowsAfter'>, since: number): AuditRow[] {
  return [...allRows(audit)].filter(({ at }) => at >= since);
}

/** One row as a line for a terminal: number, time, who, what, on what, outcome; parted by tabs. */
export function rowLine({ row, at, action, outcome, named }: AuditRow): string {
  return [row, new Date(at).toISOString(), named.actor, action, named.target, outcome].join('\t');
}
