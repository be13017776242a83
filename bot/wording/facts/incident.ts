import type { LockedOutcome } from '../../../core/incident/locked-work.ts';
import type { RotatedItem } from '../../../core/incident/rotation-guide.ts';
import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What the ops room hears about an incident: counts, names of archives and commands, never anyone's words. */
export type IncidentFacts = IncidentReplies & { readonly [Item in RotatedItem as `rotate.how.${Item}`]: NoFacts };

interface IncidentReplies {
  /** Under the answer to `!evidence`. */
  'evidence.about': NoFacts;
  /** Said by the locked bot, each once: what ops did without keys. */
  'lockdown.outside': { readonly result: LockedOutcome };
  /** `archive` is empty where there is none. */
  'lockdown.evidence': { readonly result: LockedOutcome; readonly archive: Markdown; readonly sha256: Markdown };
  /** For each remote that has it as well. */
  'lockdown.evidence-sent': { readonly remote: Markdown };
  /** Nothing was heard of ops. */
  'lockdown.no-ops': NoFacts;
  /** Times are milliseconds; 0: there was none. `settled` of `all` things are changed or left. */
  'incident.steps': {
    readonly lockedAt: number;
    readonly evidenceAt: number;
    readonly archive: Markdown;
    readonly settled: number;
    readonly all: number;
    readonly provenAt: number;
    readonly rehearsedAt: number;
    readonly failures: number;
    readonly lock: Markdown;
    readonly keep: Markdown;
    readonly change: Markdown;
    readonly report: Markdown;
    readonly rehearse: Markdown;
  };
  /** Caption of the report; `other`: what to type for its other form. */
  'incident.report': {
    readonly from: number;
    readonly to: number;
    readonly events: number;
    readonly other: Markdown;
  };
  'incident.bad-day': { readonly given: string };
  'incident.rehearsing': NoFacts;
  'rotate.head': { readonly startedAt: number; readonly settled: number; readonly all: number };
  'rotate.line': {
    readonly id: Markdown;
    readonly stands: 'done' | 'skipped' | 'next' | 'open';
    readonly at: number;
  };
  'rotate.next': {
    readonly id: Markdown;
    readonly how: Markdown;
    readonly doneCall: Markdown;
    readonly skipCall: Markdown;
  };
  'rotate.over': NoFacts;
  'rotate.unknown': { readonly given: string; readonly items: readonly Markdown[] };
}
