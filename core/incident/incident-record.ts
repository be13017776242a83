import type { Alert } from '../alert.ts';
import type { AuditEntry } from '../audit.ts';
import type { AuditAnchor } from '../audit-anchor.ts';
import { allRows } from '../audit-rows.ts';
import { newestProven } from '../backup/newest-proven.ts';
import type { Control } from '../control.ts';
import { AppError } from '../errors.ts';
import { type JobRun, type NothingDone, nothingDone } from '../job.ts';
import { type Evidence, evidenceList } from './evidence-list.ts';
import { type LastLockdown, lastLockdown } from './last-lockdown.ts';
import { lastRehearsal, type Rehearsal } from './rehearsal.ts';
import { type RotationGuide, rotationGuide } from './rotation-guide.ts';

/** Something that happened: `at` in milliseconds. `what` is an id of ours (an act, an alert's code, a job), never anyone's words. */
export interface IncidentEvent {
  readonly at: number;
  readonly kind: 'audit' | 'alert' | 'job' | 'evidence' | 'rotation';
  readonly what: string;
  /** Who did it, as the trail has it; '' for the product itself. */
  readonly who: string;
  /** What it was done to, or how it went; ''. For a job, the reference of its failure. */
  readonly about: string;
  /** How a job ended, or why it did nothing; only for jobs. */
  readonly ended?: JobEnding;
  /** What became of something to change; only for that. */
  readonly rotated?: Rotated;
}

/** Changed, changed as somebody says, or left as it is. */
export type Rotated = 'done' | 'said' | 'skipped';

/** How a run ended; one that did nothing, by why. */
export type JobEnding = Exclude<JobRun['outcome'], 'nothing'> | NothingDone;

/** What an incident's report is made of. Times in milliseconds. */
export interface IncidentRecord {
  readonly isRehearsal: boolean;
  readonly from: number;
  readonly to: number;
  /** Why it begins there. */
  readonly begins: 'given' | 'lockdown' | 'critical-alert' | 'week';
  readonly events: readonly IncidentEvent[];
  /** Events left out because there were more than a report holds: the oldest. */
  readonly more: number;
  readonly people: number;
  readonly admins: number;
  readonly rooms: number;
  readonly evidence: readonly Evidence[];
  readonly lockdown: LastLockdown | undefined;
  readonly rotation: RotationGuide | undefined;
  readonly rehearsal: Rehearsal | undefined;
  /** The newest backup that was proven; undefined when there is none. */
  readonly provenBackup: { readonly madeAt: number; readonly name: string } | undefined;
  /** null: the audit trail is broken. */
  readonly anchor: AuditAnchor | null;
}

/** What to report. `from` and `to` are milliseconds. */
export interface IncidentSpan {
  readonly now: number;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly rehearsal?: boolean;
}

const WEEK_MS = 7 * 86_400_000;
const MOST_EVENTS = 1000;
const MOST_RECORDS = 5000;

/** Where a report is read from. */
export type IncidentSources = Pick<Control, 'audit' | 'alerts' | 'jobs' | 'facts' | 'people' | 'backups'>;

/** Reads the control store for a report: between two times, or since the first critical alert of the last week or the lockdown, whichever was first. */
export function readIncident(control: IncidentSources, span: IncidentSpan): IncidentRecord {
  const { now, to = now } = span;
  const alerts = control.alerts.recent(MOST_RECORDS);
  const lockdown = lastLockdown(control.facts);
  const { from, begins } = beginOf(span, alerts, lockdown);
  const made = evidenceList(control.facts);
  // What a rehearsal made was removed again, and belongs to no incident.
  const evidence = made.filter(({ cause }) => span.rehearsal || cause !== 'rehearsal');
  const rehearsed = new Set(made.filter((one) => !evidence.includes(one)).map(({ name }) => name));
  const rotation = rotationGuide(control.facts);
  const inside = ({ at }: { readonly at: number }) => at >= from && at <= to;
  const events = [
    ...[...auditEvents(control.audit)].filter(({ about }) => !rehearsed.has(about)),
    ...alerts.flatMap(alertEvents),
    ...control.jobs.recent(MOST_RECORDS).filter(isTelling).map(jobEvent),
    ...evidence.map(evidenceEvent),
    ...rotationEvents(rotation),
  ]
    .filter(inside)
    .sort((a, b) => a.at - b.at);
  const known = control.people.list();
  const proven = newestProven(control.backups.all(), now);
  return {
    ...{ isRehearsal: span.rehearsal ?? false, from, to, begins, lockdown, rotation },
    events: events.slice(-MOST_EVENTS),
    more: Math.max(0, events.length - MOST_EVENTS),
    people: known.length,
    admins: known.filter(({ role }) => role === 'admin').length,
    rooms: control.people.tenants().length - known.length,
    evidence: evidence.filter(({ madeAt }) => madeAt >= from && madeAt <= to),
    rehearsal: lastRehearsal(control.facts),
    provenBackup: proven && { madeAt: proven.madeAt, name: proven.name },
    anchor: anchorOf(control.audit, now),
  };
}

function beginOf(
  { now, from, to = now }: IncidentSpan,
  alerts: readonly Alert[],
  lockdown: LastLockdown | undefined,
): Pick<IncidentRecord, 'from' | 'begins'> {
  if (from !== undefined) return { from, begins: 'given' };
  const week = to - WEEK_MS;
  const critical = alerts.filter(({ severity, raisedAt }) => severity === 'critical' && raisedAt >= week);
  const first = Math.min(...critical.map(({ raisedAt }) => raisedAt));
  const locked = lockdown !== undefined && lockdown.at >= week ? lockdown.at : Number.POSITIVE_INFINITY;
  if (locked < first) return { from: locked, begins: 'lockdown' };
  return Number.isFinite(first) ? { from: first, begins: 'critical-alert' } : { from: week, begins: 'week' };
}

function* auditEvents(audit: Control['audit']): Iterable<IncidentEvent> {
  for (const { at, action, outcome, named } of allRows(audit))
    yield { at, kind: 'audit', what: action, who: named.actor, about: aboutOf(named.target, outcome) };
}

function aboutOf(target: string, outcome: AuditEntry['outcome']): string {
  return [target === '-' ? '' : target, outcome === 'done' ? '' : outcome].filter((part) => part !== '').join(', ');
}

function alertEvents({ raisedAt, clearedAt, code, severity }: Alert): IncidentEvent[] {
  const event = (at: number, about: string): IncidentEvent => ({ at, kind: 'alert', what: code, who: '', about });
  return [event(raisedAt, severity), ...(clearedAt === null ? [] : [event(clearedAt, 'over')])];
}

/** What runs every few minutes tells something only when it went wrong, or sent something away. */
function isTelling({ job, outcome }: JobRun): boolean {
  if (job === 'health') return outcome !== 'ok';
  return job !== 'sendBeside' || outcome !== 'nothing';
}

function jobEvent({ job, startedAt, outcome, reference, figures }: JobRun): IncidentEvent {
  const ended = outcome === 'nothing' ? (nothingDone(figures) ?? 'nothingNew') : outcome;
  return { at: startedAt, kind: 'job', what: job, who: '', about: reference ?? '', ended };
}

function evidenceEvent({ madeAt, name, sha256 }: Evidence): IncidentEvent {
  return { at: madeAt, kind: 'evidence', what: name, who: '', about: `SHA-256 ${sha256}` };
}

function rotationEvents(guide: RotationGuide | undefined): IncidentEvent[] {
  return Object.entries(guide?.items ?? {}).map(([what, { at, by, state, seen }]) => ({
    ...{ at, kind: 'rotation' as const, what, who: by, about: '', rotated: state === 'done' && !seen ? 'said' : state },
  }));
}

function anchorOf(audit: Control['audit'], now: number): AuditAnchor | null {
  try {
    return audit.anchor(now);
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.reason === 'audit-broken') return null;
    throw thrown;
  }
}
