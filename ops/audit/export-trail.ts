import type { AuditLog, AuditRow } from '../../core/audit.ts';

const ROWS_AT_ONCE = 500;

/** The rows since a time (milliseconds), oldest first. For `kinkeeper audit export`. */
export function exportTrail(audit: Pick<AuditLog, 'rowsAfter'>, since: number): AuditRow[] {
  const found: AuditRow[] = [];
  for (let rows = audit.rowsAfter(0, ROWS_AT_ONCE); rows.length > 0; ) {
    found.push(...rows.filter(({ at }) => at >= since));
    rows = audit.rowsAfter(rows.at(-1)!.row, ROWS_AT_ONCE);
  }
  return found;
}

/** One row as a line for a terminal: number, time, who, what, on what, outcome; parted by tabs. */
export function rowLine({ row, at, action, outcome, named }: AuditRow): string {
  return [row, new Date(at).toISOString(), named.actor, action, named.target, outcome].join('\t');
}
