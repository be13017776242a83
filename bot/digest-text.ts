import type { Language } from '../core/caller.ts';
import type { Digest } from '../core/digest.ts';
import { DAY_MS } from '../core/retention/age.ts';
import type { DigestNeeds } from './wording/facts/digest.ts';
import { say } from './wording/say.ts';

/** A week without a proven backup is one in which somebody has to look. */
const OLD_BACKUP_MS = 7 * DAY_MS;
const FULL_SOON_DAYS = 60;

/** A digest in at most ten lines (Markdown). `isCodeOpen`: the recovery code of the first start was not confirmed yet. */
export function digestText(language: Language, digest: Digest, isCodeOpen: boolean): string {
  return [
    say(language, 'digest.head', digest),
    '',
    say(language, 'digest.answers', digest),
    say(language, 'digest.storage', digest),
    say(language, 'digest.backups', digest),
    say(language, 'digest.updates', digest),
    say(language, 'digest.jobs', digest),
    say(language, 'digest.alerts', digest),
    say(language, 'digest.logins', digest),
    say(language, 'digest.needs', { needs: needsOf(digest, isCodeOpen) }),
  ].join('\n');
}

function needsOf(digest: Digest, isCodeOpen: boolean): DigestNeeds {
  const { hasBackups, provenAgeMs, fullInDays, securityUpdates } = digest;
  return {
    recoveryCode: isCodeOpen,
    noBackup: !hasBackups && digest.backupsFailed === 0,
    oldBackup: (hasBackups || digest.backupsFailed > 0) && (provenAgeMs === null || provenAgeMs > OLD_BACKUP_MS),
    diskFills: fullInDays !== null && fullInDays < FULL_SOON_DAYS,
    updates: (securityUpdates ?? 0) > 0,
    reboot: digest.rebootRequired === true,
    alerts: digest.alertsOpen > 0,
    failures: digest.jobsFailed + digest.updatesFailed > 0,
  };
}
