import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';
import type { CommandName } from './commands.ts';

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
  'checklist.key-trusted',
  'data.imported',
  'data.restored',
  'backup.restored',
  'keys.rotate',
  'console.started',
  'retention.applied',
  'evidence.made',
  'outside.closed',
  'outside.opened',
  'incident.reported',
  'incident.rehearsed',
  'password.changed',
  'api-keys.ended',
  'ssh-keys.changed',
  'wireguard.changed',
  'api.used',
  'account.reset',
  'setup.guest-added',
  'setup.guest-erased',
] as const;
/** The name of such an act. */
export type AuditAct = (typeof AUDIT_ACTS)[number];

/** Commands that leave a row. */
export const AUDITED = [
  'forget',
  'forget all',
  'forget chat',
  'feedback clear',
  'export',
  'retention',
  'share',
  'shares end',
  'unshare',
  'delete-me',
  'delete-me stop',
  'people add',
  'people confirm',
  'people reset',
  'people remove',
  'people close',
  'people erase',
  'keys confirm',
  'keys rotate',
  'run',
  'update',
  'cancel',
  'lockdown',
  'alerts ack',
  'alerts snooze',
  'evidence',
  'rotate',
  'incident report',
  'incident rehearse',
  'apikey new',
  'apikey revoke',
] as const satisfies readonly CommandName[];

/**
 * What a row is about, as far as its target says: documents, a loan, somebody, a word of the command's own ('' each where it does not).
 * `span`: first and last of what it counts, where that was not when it was written.
 */
export interface AuditTarget {
  readonly numbers: readonly string[];
  readonly mark: string;
  readonly person: Markdown;
  readonly word: string;
  readonly span: { readonly from: number; readonly to: number } | undefined;
}

/** What `!audit` and `!audit verify` answer. Acts stand in the past; what was refused says so behind them. */
export type AuditFacts = AuditReplies & { readonly [Act in AuditAct as `act.${Act}`]: AuditTarget } & {
  readonly [Name in (typeof AUDITED)[number] as `did.${Name}`]: AuditTarget;
};

interface AuditReplies {
  'audit.none': NoFacts;
  'audit.head': { readonly shown: number };
  /** One row. */
  'audit.line': {
    readonly at: number;
    readonly who: Markdown;
    readonly act: Markdown;
    readonly outcome: 'done' | 'refused' | 'failed';
  };
  'audit.you': NoFacts;
  /** The same, as whom something is done to. */
  'audit.you-object': NoFacts;
  'audit.shell': NoFacts;
  'audit.myself': NoFacts;
  /** An act without words of its own: its name in the trail. */
  'audit.act': { readonly action: string };
  'audit.foot': NoFacts;
  /** Rows that were ever written, the first that is still kept, and the anchor: the last row's hash. */
  'audit.whole': { readonly rows: number; readonly first: number; readonly hash: string };
  'audit.broken': { readonly row: number };
}

/** What the row of a key's uses counts ("ask:3,upload:12"), in order. */
export function countedUses(word: string): { readonly act: string; readonly times: number }[] {
  return word.split(',').map((counted) => {
    const [act = '', times = ''] = counted.split(':');
    return { act, times: Number(times) };
  });
}
