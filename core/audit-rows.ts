import type { AuditLog, AuditRow } from './audit.ts';

const ROWS_AT_ONCE = 500;

/** Every row of the trail, oldest first, read some at a time. For exports, and for what incidents are told from. */
export function* allRows(audit: Pick<AuditLog, 'rowsAfter'>): Generator<AuditRow> {
  for (let rows = audit.rowsAfter(0, ROWS_AT_ONCE); rows.length > 0; ) {
    yield* rows;
    rows = audit.rowsAfter(rows.at(-1)!.row, ROWS_AT_ONCE);
  }
}
