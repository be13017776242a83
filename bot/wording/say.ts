import type { Alert } from '../../core/alert.ts';
import type { Language } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import * as deAudit from './de/audit.ts';
import * as deBackups from './de/backups.ts';
import * as deChat from './de/chat.ts';
import * as deCommands from './de/commands.ts';
import * as deConsole from './de/console.ts';
import * as deExport from './de/export.ts';
import * as deIncident from './de/incident.ts';
import * as deJobs from './de/jobs.ts';
import * as deKeys from './de/keys.ts';
import * as deOps from './de/ops.ts';
import * as deRetention from './de/retention.ts';
import * as deSharing from './de/sharing.ts';
import * as deTrouble from './de/trouble.ts';
import * as deUsage from './de/usage.ts';
import * as enAudit from './en/audit.ts';
import * as enBackups from './en/backups.ts';
import * as enChat from './en/chat.ts';
import * as enCommands from './en/commands.ts';
import * as enConsole from './en/console.ts';
import * as enExport from './en/export.ts';
import * as enIncident from './en/incident.ts';
import * as enJobs from './en/jobs.ts';
import * as enKeys from './en/keys.ts';
import * as enOps from './en/ops.ts';
import * as enRetention from './en/retention.ts';
import * as enSharing from './en/sharing.ts';
import * as enTrouble from './en/trouble.ts';
import * as enUsage from './en/usage.ts';
import type { AuditFacts } from './facts/audit.ts';
import type { BackupFacts } from './facts/backups.ts';
import type { ChatFacts, RoomFacts } from './facts/chat.ts';
import type { AdminFacts, LabelTexts, ReplyFacts, SummaryTexts, UsageFacts } from './facts/commands.ts';
import type { ConsoleFacts } from './facts/console.ts';
import type { ExportFacts } from './facts/export.ts';
import type { IncidentFacts } from './facts/incident.ts';
import type { JobFacts } from './facts/jobs.ts';
import type { KeyFacts } from './facts/keys.ts';
import { ALERT_SHAPES, type AlertCode, type AlertTexts, type OpsFacts } from './facts/ops.ts';
import type { RetentionFacts } from './facts/retention.ts';
import { checkedFacts, type Entries } from './facts/shape.ts';
import type { SharingFacts } from './facts/sharing.ts';
import { ERROR_SHAPES, type ErrorFacts, type ErrorReason, type FallbackFacts } from './facts/trouble.ts';
import { Markdown } from './markdown.ts';
import { quote } from './quote.ts';

/** Everything the product says: each key with the facts that fill its blanks. */
export type Texts = ChatFacts &
  RoomFacts &
  ErrorFacts &
  FallbackFacts &
  SummaryTexts &
  LabelTexts &
  UsageFacts &
  ReplyFacts &
  AdminFacts &
  KeyFacts &
  BackupFacts &
  JobFacts &
  IncidentFacts &
  AuditFacts &
  RetentionFacts &
  ExportFacts &
  OpsFacts &
  AlertTexts &
  ConsoleFacts &
  SharingFacts;

export type TextKey = keyof Texts;

/** Keys whose entry has no blanks. */
export type PlainKey = { [Key in TextKey]: keyof Texts[Key] extends never ? Key : never }[TextKey];

/** The catalogue. A key that is missing in a language does not compile. */
export const CATALOGUE: Readonly<Record<Language, Entries<Texts>>> = {
  en: {
    ...enChat.chat,
    ...enChat.room,
    ...enTrouble.trouble,
    ...enUsage.usage,
    ...enCommands.replies,
    ...enCommands.admin,
    ...enKeys.keys,
    ...enBackups.backups,
    ...enJobs.jobs,
    ...enIncident.incident,
    ...enAudit.audit,
    ...enRetention.retention,
    ...enExport.exporting,
    ...enOps.ops,
    ...enOps.alerts,
    ...enConsole.terminal,
    ...enSharing.sharing,
  },
  de: {
    ...deChat.chat,
    ...deChat.room,
    ...deTrouble.trouble,
    ...deUsage.usage,
    ...deCommands.replies,
    ...deCommands.admin,
    ...deKeys.keys,
    ...deBackups.backups,
    ...deJobs.jobs,
    ...deIncident.incident,
    ...deAudit.audit,
    ...deRetention.retention,
    ...deExport.exporting,
    ...deOps.ops,
    ...deOps.alerts,
    ...deConsole.terminal,
    ...deSharing.sharing,
  },
};

/**
 * One of the catalogue's texts as short Markdown (bold, lists, code; no tables, no HTML). Every string among the facts is
 * made inert by `quote` first; what is Markdown of ours already comes as a `Markdown` value. Used wherever the product
 * speaks to people: dispatcher, commands, console.
 */
export function say(language: Language, key: PlainKey): string;
export function say<Key extends TextKey>(language: Language, key: Key, facts: Texts[Key]): string;
export function say(language: Language, key: TextKey, facts: object = {}): string {
  // The compiler checked the pair at the call; inside, one entry stands for all of them.
  const entry = CATALOGUE[language][key] as (facts: unknown) => string;
  return entry(inert(facts));
}

/**
 * An error in words, for the person whom it happened to. An AppError speaks by its reason, else by its code; anything
 * else, and AppErrors of code `internal`, show only `reference` (core/log.ts), under which the caller has logged it.
 */
export function sayError(language: Language, thrown: unknown, reference: string): string {
  if (!(thrown instanceof AppError)) return say(language, 'trouble.internal', { reference });
  const reason = thrown.reason;
  if (reason !== undefined && isErrorReason(reason)) {
    const facts = checkedFacts(ERROR_SHAPES[reason], thrown.facts);
    if (facts !== undefined) return say(language, `error.${reason}` as TextKey, facts as Texts[TextKey]);
  }
  if (thrown.code === 'internal') return say(language, 'trouble.internal', { reference });
  return say(language, `trouble.${thrown.code}`);
}

/** An alert in words, without its severity. An unknown code, or facts that don't fit, are shown as they are. */
export function sayAlert(language: Language, alert: Pick<Alert, 'code' | 'facts' | 'repeats'>): string {
  const repeated = alert.repeats > 0 ? ` ${say(language, 'alert.repeated', { times: alert.repeats + 1 })}` : '';
  return alertSentence(language, alert.code, alert.facts) + repeated;
}

function alertSentence(language: Language, code: string, facts: Alert['facts']): string {
  if (isAlertCode(code)) {
    const fitting = checkedFacts(ALERT_SHAPES[code], facts);
    if (fitting !== undefined) return say(language, `alert.${code}` as TextKey, fitting as Texts[TextKey]);
  }
  const shown = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return say(language, 'alert.other', { code, facts: shown.join(', ') });
}

function isErrorReason(reason: string): reason is ErrorReason {
  return Object.hasOwn(ERROR_SHAPES, reason);
}

function isAlertCode(code: string): code is AlertCode {
  return Object.hasOwn(ALERT_SHAPES, code);
}

/** The facts with every string quoted, at any depth. An empty string stays empty: entries use it for "there is none". */
function inert(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? '' : quote(value);
  if (value instanceof Markdown || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inert);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inert(inner)]));
}
