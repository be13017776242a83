import type { Markdown } from '../markdown.ts';
import type { NoFacts } from './shape.ts';

/** Acts of the audit trail that are no commands, with words of their own. */
export const AUDIT_ACTS = [
  'bot.started',
  'bot.started-sealed',
  'keys.unlock',
  'people.seeded',
  'identity.confirmed',
  'settings.changed',
  'audit.checkpoint',
  'audit.exported',
  'retention.applied',
] as const;
export type AuditAct = (typeof AUDIT_ACTS)[number];

/** What `!audit` and `!audit verify` answer. */
export type AuditFacts = AuditReplies & { readonly [Act in AuditAct as `act.${Act}`]: NoFacts };

interface AuditReplies {
  'audit.none': NoFacts;
  'audit.head': { readonly shown: number };
  /** One row. `what` is the target in words, where there is one to show. */
  'audit.line': {
    readonly at: number;
    readonly who: Markdown;
    readonly act: Markdown;
    readonly what: Markdown | undefined;
    readonly outcome: 'done' | 'refused' | 'failed';
  };
  'audit.you': NoFacts;
  'audit.myself': NoFacts;
  'audit.documents': { readonly numbers: readonly string[] };
  /** An act without words of its own: its name in the trail. */
  'audit.act': { readonly action: string };
  'audit.foot': NoFacts;
  /** Rows that were ever written, the first that is still kept, and the anchor: the last row's hash. */
  'audit.whole': { readonly rows: number; readonly first: number; readonly hash: string };
  'audit.broken': { readonly row: number };
}
