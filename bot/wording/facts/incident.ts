import type { LockedOutcome } from '../../../core/incident/locked-work.ts';
import type { ChangedHere, RotatedItem } from '../../../core/incident/rotation-guide.ts';
import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';
import type { NoPasswordChange } from '../../password-desk.ts';

/** What the ops room hears about an incident: counts, names of archives and commands, never anyone's words. */
export type IncidentFacts = IncidentReplies & { readonly [Item in RotatedItem as `rotate.how.${Item}`]: NoFacts } & {
  readonly [Item in ChangedHere as `rotate.ask.${Item}`]: { readonly confirm: Markdown };
};

interface IncidentReplies {
  /** Under the answer to `!evidence`. */
  'evidence.about': NoFacts;
  /** Said by the locked bot, each once: what ops did without keys. */
  'lockdown.outside': { readonly result: LockedOutcome };
  /** `archive` is empty where there is none. */
  'lockdown.evidence': {
    readonly result: LockedOutcome;
    readonly archive: Markdown;
    readonly sha256: Markdown;
    /** What is not in it, why, and how it is had. */
    readonly missing: readonly Markdown[];
  };
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
  /** `startedAt` is 0 while no round is begun. */
  'rotate.head': { readonly startedAt: number; readonly settled: number; readonly all: number };
  'rotate.line': {
    readonly id: Markdown;
    readonly stands: 'done' | 'skipped' | 'next' | 'open';
    readonly at: number;
    /** Whether a change was noticed, or somebody says so. */
    readonly seen: boolean;
    /** What to type so that I do it; empty where I cannot, or it is settled. */
    readonly call: Markdown;
  };
  'rotate.next': {
    readonly id: Markdown;
    readonly how: Markdown;
    readonly call: Markdown;
    readonly doneCall: Markdown;
    readonly skipCall: Markdown;
  };
  'rotate.over': NoFacts;
  'rotate.not-begun': { readonly begin: Markdown };
  /** What this household does not have. */
  'rotate.absent': { readonly items: readonly Markdown[] };
  /** Somebody says that it is done; it is as it was. */
  'rotate.unchanged': { readonly id: Markdown; readonly how: Markdown };
  /** It needs a human: how. */
  'rotate.not-here': { readonly id: Markdown; readonly how: Markdown };
  'rotate.no-helper': NoFacts;
  'rotate.in-chat': NoFacts;
  /** `others`: devices that were logged out. */
  'rotate.password-changed': { readonly others: number };
  /** Nothing was changed. `problem`: the code of the fault of a file; `waitMs`: what the homeserver asks for, 0 where it does not say. */
  'rotate.password-refused': {
    readonly hindrance: NoPasswordChange;
    readonly problem: string;
    readonly waitMs: number;
  };
  /** It goes on by itself. */
  'rotate.password-waiting': {
    readonly hindrance: 'file' | 'limit' | 'no-answer';
    readonly problem: string;
    readonly waitMs: number;
  };
  /** `people` had such keys, `told` of them have a chat. */
  'rotate.api-keys-ended': { readonly keys: number; readonly people: number; readonly told: number };
  'rotate.unknown': { readonly given: string; readonly items: readonly Markdown[] };
}
