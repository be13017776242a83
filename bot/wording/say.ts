import type { Language } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import * as deAlerts from '../../core/wording/alerts/de.ts';
import * as enAlerts from '../../core/wording/alerts/en.ts';
import type { AlertFrame, AlertTexts } from '../../core/wording/alerts/facts.ts';
import * as deChecks from '../../core/wording/checklist/de.ts';
import * as enChecks from '../../core/wording/checklist/en.ts';
import type { CheckTexts } from '../../core/wording/checklist/facts.ts';
import { inert } from '../../core/wording/inert.ts';
import { checkedFacts, type Entries } from '../../core/wording/shape.ts';
import * as deAccounts from './de/accounts.ts';
import * as deApi from './de/api.ts';
import * as deAudit from './de/audit.ts';
import * as deBackups from './de/backups.ts';
import * as deChat from './de/chat.ts';
import * as deChecklist from './de/checklist.ts';
import * as deCommands from './de/commands.ts';
import * as deConsole from './de/console.ts';
import * as deDigest from './de/digest.ts';
import * as deExport from './de/export.ts';
import * as deIncident from './de/incident.ts';
import * as deJobs from './de/jobs.ts';
import * as deKeys from './de/keys.ts';
import * as deOps from './de/ops.ts';
import * as dePicture from './de/picture.ts';
import * as deRetention from './de/retention.ts';
import * as deSharing from './de/sharing.ts';
import * as deTrouble from './de/trouble.ts';
import * as deUsage from './de/usage.ts';
import * as enAccounts from './en/accounts.ts';
import * as enApi from './en/api.ts';
import * as enAudit from './en/audit.ts';
import * as enBackups from './en/backups.ts';
import * as enChat from './en/chat.ts';
import * as enChecklist from './en/checklist.ts';
import * as enCommands from './en/commands.ts';
import * as enConsole from './en/console.ts';
import * as enDigest from './en/digest.ts';
import * as enExport from './en/export.ts';
import * as enIncident from './en/incident.ts';
import * as enJobs from './en/jobs.ts';
import * as enKeys from './en/keys.ts';
import * as enOps from './en/ops.ts';
import * as enPicture from './en/picture.ts';
import * as enRetention from './en/retention.ts';
import * as enSharing from './en/sharing.ts';
import * as enTrouble from './en/trouble.ts';
import * as enUsage from './en/usage.ts';
import type { AccountFacts } from './facts/accounts.ts';
import type { ApiFacts } from './facts/api.ts';
import type { AuditFacts } from './facts/audit.ts';
import type { BackupFacts } from './facts/backups.ts';
import type { ChatFacts, RoomFacts } from './facts/chat.ts';
import type { ChecklistFacts } from './facts/checklist.ts';
import type { AdminFacts, LabelTexts, ReplyFacts, SummaryTexts, UsageFacts } from './facts/commands.ts';
import type { ConsoleFacts } from './facts/console.ts';
import type { DigestFacts } from './facts/digest.ts';
import type { ExportFacts } from './facts/export.ts';
import type { IncidentFacts } from './facts/incident.ts';
import type { JobFacts } from './facts/jobs.ts';
import type { KeyFacts } from './facts/keys.ts';
import type { OpsFacts } from './facts/ops.ts';
import type { PictureFacts } from './facts/picture.ts';
import type { RetentionFacts } from './facts/retention.ts';
import type { SharingFacts } from './facts/sharing.ts';
import { ERROR_SHAPES, type ErrorFacts, type ErrorReason, type FallbackFacts } from './facts/trouble.ts';

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
  AccountFacts &
  KeyFacts &
  BackupFacts &
  ChecklistFacts &
  CheckTexts &
  JobFacts &
  IncidentFacts &
  AuditFacts &
  ApiFacts &
  RetentionFacts &
  ExportFacts &
  OpsFacts &
  AlertFrame &
  PictureFacts &
  DigestFacts &
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
    ...enAccounts.accounts,
    ...enKeys.keys,
    ...enBackups.backups,
    ...enChecklist.checklist,
    ...enChecks.checks,
    ...enJobs.jobs,
    ...enIncident.incident,
    ...enAudit.audit,
    ...enApi.api,
    ...enRetention.retention,
    ...enExport.exporting,
    ...enOps.ops,
    ...enAlerts.alertFrame,
    ...enAlerts.alerts,
    ...enPicture.picture,
    ...enDigest.digest,
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
    ...deAccounts.accounts,
    ...deKeys.keys,
    ...deBackups.backups,
    ...deChecklist.checklist,
    ...deChecks.checks,
    ...deJobs.jobs,
    ...deIncident.incident,
    ...deAudit.audit,
    ...deApi.api,
    ...deRetention.retention,
    ...deExport.exporting,
    ...deOps.ops,
    ...deAlerts.alertFrame,
    ...deAlerts.alerts,
    ...dePicture.picture,
    ...deDigest.digest,
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

function isErrorReason(reason: string): reason is ErrorReason {
  return Object.hasOwn(ERROR_SHAPES, reason);
}
