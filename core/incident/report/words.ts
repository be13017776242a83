import type { IncidentEvent, IncidentRecord, JobEnding, Rotated } from '../incident-record.ts';
import type { LockedOutcome } from '../locked-work.ts';
import type { RehearsedStep } from '../rehearsal.ts';
import type { RotatedItem } from '../rotation-guide.ts';

/** Everything that a report of an incident says, in one language. What stands in `[[…]]` is for a human to fill in. */
export interface ReportWords {
  readonly title: string;
  readonly rehearsal: string;
  readonly headings: readonly [
    summary: string,
    affected: string,
    done: string,
    rotated: string,
    timeline: string,
    human: string,
    duty: string,
  ];
  readonly span: (from: string, to: string, why: IncidentRecord['begins']) => string;
  readonly trail: (rows: number, hash: string) => string;
  readonly trailBroken: string;
  readonly affected: (counts: { readonly people: number; readonly admins: number; readonly rooms: number }) => string;
  readonly affectedOpen: readonly string[];
  readonly noLockdown: string;
  readonly lockdown: (from: string, to: string) => string;
  readonly outside: Readonly<Record<LockedOutcome, string>>;
  readonly evidence: (one: {
    readonly name: string;
    readonly at: string;
    readonly bytes: number;
    readonly sha256: string;
  }) => string;
  readonly noEvidence: string;
  readonly backup: (name: string, at: string) => string;
  readonly noBackup: string;
  readonly items: Readonly<Record<RotatedItem, string>>;
  readonly states: Readonly<Record<Rotated | 'open' | 'absent', string>>;
  readonly rotationHead: readonly [string, string, string];
  readonly timelineHead: readonly [at: string, kind: string, what: string, who: string, about: string];
  readonly kinds: Readonly<Record<IncidentEvent['kind'], string>>;
  readonly ended: Readonly<Record<JobEnding, string>>;
  readonly more: (count: number) => string;
  readonly nothing: string;
  readonly human: readonly string[];
  readonly duty: readonly string[];
  readonly rehearsed: Readonly<Record<RehearsedStep, string>>;
  readonly went: Readonly<Record<LockedOutcome, string>>;
  readonly rehearsedLine: (at: string) => string;
}
