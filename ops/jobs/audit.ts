import { type AuditAnchor, readAnchor } from '../../core/audit-anchor.ts';
import type { Control } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import type { JobRun } from '../../core/job.ts';
import type { JobSpec } from '../job-spec.ts';

/** The fact that holds the anchor reported last. */
const REPORTED = 'audit-anchor';
const BROKEN = 'audit-broken';

export interface AuditJobOptions {
  readonly control: Pick<Control, 'audit' | 'alerts' | 'facts'>;
}

/**
 * Verifies the audit trail and that it continues the one reported last; then reports its anchor to the ops room, which
 * lies on other machines. A trail without new rows is reported no second time: the last anchor still covers it.
 */
export function auditJob({ control }: AuditJobOptions): JobSpec {
  return {
    name: 'audit',
    limitSeconds: 600,
    canDry: false,
    repeatable: true,
    async run({ clock, log }) {
      const row = brokenRow(control);
      if (row === undefined) return report(control, control.audit.anchor(clock()));
      log.error({ row }, 'the audit trail does not fit');
      control.alerts.raise({ code: BROKEN, severity: 'critical', key: BROKEN, facts: { row } });
      return { brokenAtRow: row };
    },
  };
}

function brokenRow({ audit, facts }: AuditJobOptions['control']): number | undefined {
  const reported = facts.get(REPORTED);
  try {
    if (reported === undefined) audit.verify();
    else audit.compare(readAnchor(reported));
    return undefined;
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.reason === BROKEN) return Number(thrown.facts.row);
    throw thrown;
  }
}

function report({ alerts, facts }: AuditJobOptions['control'], anchor: AuditAnchor): JobRun['figures'] {
  alerts.clear(BROKEN);
  const { rows, hash, at } = anchor;
  const reported = facts.get(REPORTED);
  if (rows > (reported === undefined ? 0 : readAnchor(reported).rows)) {
    // Reported before noted: a kill between the two says it twice, never not at all.
    alerts.raise({ code: 'audit-anchor', severity: 'info', facts: { rows, hash, at } });
    facts.set(REPORTED, JSON.stringify(anchor));
  }
  return { rows, hash };
}
