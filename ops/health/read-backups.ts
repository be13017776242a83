import { type Generation, isVerified } from '../../core/backup/generation.ts';
import { countingBackups, isMadeAhead } from '../../core/backup/made-ahead.ts';
import { newestProven } from '../../core/backup/newest-proven.ts';
import type { Control } from '../../core/control.ts';
import type { Readings } from './health-readings.ts';

type BackupReadings = Pick<
  Readings,
  'backups' | 'backupAgeSeconds' | 'provenAgeSeconds' | 'backupBytes' | 'backupsAhead'
>;

const SINCE = 'backups-expected-since';
const NONE: BackupReadings = {
  ...{ backups: null, backupAgeSeconds: null, provenAgeSeconds: null, backupBytes: null },
  backupsAhead: null,
};

/**
 * How old the newest backup is, and the newest that was proven by restoring it; where there is none, for how long one has been
 * expected. Those that were only found in a list do not count, nor those of the future, which are counted by themselves: under a clock that was
 * ahead for a night, the newest would be a second old for as long. nulls where backups are not set up.
 */
export function readBackups(
  { backups, facts }: Pick<Control, 'backups' | 'facts'>,
  isExpected: boolean,
  now: number,
): BackupReadings {
  const noted = facts.get(SINCE);
  // Noted by a clock that was ahead: it says nothing.
  const since = noted === undefined || isMadeAhead({ madeAt: Number(noted) }, now) ? undefined : noted;
  if (!isExpected) {
    if (noted !== undefined) facts.delete(SINCE);
    return NONE;
  }
  if (since === undefined) facts.set(SINCE, String(now));
  const all = countingBackups(backups, now);
  const age = (one: Generation | undefined) =>
    Math.max(0, Math.round((now - (one?.madeAt ?? Number(since ?? now))) / 1000));
  const [newest] = all;
  return {
    backups: all.length,
    backupAgeSeconds: age(newest),
    provenAgeSeconds: age(newestProven(all, now)),
    backupBytes: newest?.bytes ?? null,
    backupsAhead: backups.all().filter((one) => isVerified(one) && isMadeAhead(one, now)).length,
  };
}
