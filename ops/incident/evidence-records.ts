import type { Alert } from '../../core/alert.ts';
import type { AuditRow } from '../../core/audit.ts';
import type { AuditAnchor } from '../../core/audit-anchor.ts';
import type { Control } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import type { JobRun } from '../../core/job.ts';
import { exportTrail } from '../audit/export-trail.ts';

/** The newest so many runs and alerts are evidence. */
const MOST = 2000;

/** What the control store holds about an incident: ids, counts and times, never anyone's words. Held without any key. */
export interface EvidenceRecords {
  /** Without names: aliases alone, so that who is erased later is not named here for ever. */
  readonly audit: readonly Omit<AuditRow, 'named'>[];
  /** null when the trail is broken; `brokenAtRow` says where. */
  readonly anchor: AuditAnchor | null;
  readonly brokenAtRow?: number;
  readonly runs: readonly JobRun[];
  readonly alerts: readonly Alert[];
  readonly people: number;
  readonly admins: number;
}

/** Reads them, while the store is open: in a lockdown they are taken out before the keys go. */
export function readRecords(
  { audit, jobs, alerts, people }: Pick<Control, 'audit' | 'jobs' | 'alerts' | 'people'>,
  at: number,
): EvidenceRecords {
  const known = people.list();
  return {
    audit: exportTrail(audit, 0).map(({ named: _, ...row }) => row),
    ...anchored(audit, at),
    runs: jobs.recent(MOST),
    alerts: alerts.recent(MOST).map(withoutName),
    people: known.length,
    admins: known.filter(({ role }) => role === 'admin').length,
  };
}

/** An alert about somebody: its key may hold the id too. */
function withoutName(alert: Alert): Alert {
  if (!('person' in alert.facts)) return alert;
  return { ...alert, key: alert.key && alert.code, facts: { ...alert.facts, person: '[left out]' } };
}

function anchored(audit: Control['audit'], at: number): Pick<EvidenceRecords, 'anchor' | 'brokenAtRow'> {
  try {
    return { anchor: audit.anchor(at) };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.reason !== 'audit-broken') throw thrown;
    return { anchor: null, brokenAtRow: Number(thrown.facts.row) };
  }
}
