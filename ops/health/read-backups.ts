import { type Generation, isVerified } from '../../core/backup/generation.ts';
import { newestProven } from '../../core/backup/newest-proven.ts';
import type { Control } from '../../core/control.ts';
import type { Readings } from './health-readings.ts';

type BackupReadings = Pick<Readings, 'backups' | 'backupAgeSeconds' | 'provenAgeSeconds' | 'backupBytes'>;

const SINCE = 'backups-expected-since';
const NONE: BackupReadings = { backups: null, backupAgeSeconds: null, provenAgeSeconds: null, backupBytes: null };

/**
 * How old the newest backup is, and the newest that was proven by restoring it; where there is none, for how long one has been
 * expected. Those that were only found in a list do not count. nulls where backups are not set up.
 */
export function readBackups(
  { backups, facts }: Pick<Control, 'backups' | 'facts'>,
  isExpected: boolean,
  now: number,
): BackupReadings {
  const since = facts.get(SINCE);
  if (!isExpected) {
    if (since !== undefined) facts.delete(SINCE);
    return NONE;
  }
  if (since === undefined) facts.set(SINCE, String(now));
  const all = backups.all().filter(isVerified);
  const age = (one: Generation | undefined) =>
    Math.max(0, Math.round((now - (one?.madeAt ?? Number(since ?? now))) / 1000));
  const [newest] = all;
  return {
    backups: all.length,
    backupAgeSeconds: age(newest),
    provenAgeSeconds: age(newestProven(all)),
    backupBytes: newest?.bytes ?? null,
  };
}
