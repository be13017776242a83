import { lastDue } from '../last-due.ts';

/** Cron expressions of the jobs that make and prove backups; empty: off. */
export interface BackupSchedules {
  readonly backup: string;
  readonly drill: string;
}

/** From which age on, in seconds, a backup counts as old, and the newest proven one as too old; null: never. */
export interface BackupLimits {
  readonly ageSeconds: number;
  readonly provenSeconds: number | null;
}

const HOUR_MS = 3_600_000;
/** For a job that waits its turn, takes long, or is tried again. */
const PATIENCE_MS = 12 * HOUR_MS;
const LEAST_MS = 36 * HOUR_MS;

/**
 * How old backups may be by their schedules: until twelve hours after the next was due, and at least 36 hours. What is proven may
 * be as old as the backup that the last drill found. Used by the health job, with its clock.
 */
export function backupLimits({ backup, drill }: BackupSchedules, now: number): BackupLimits {
  const secondsSince = (due: number | undefined) => Math.max(LEAST_MS, now - (due ?? now)) / 1000;
  const ageSeconds = secondsSince(dueBefore(backup, now));
  if (drill === '') return { ageSeconds, provenSeconds: null };
  const drilled = dueBefore(drill, now);
  const found = drilled === undefined ? undefined : dueBefore(backup, drilled);
  return { ageSeconds, provenSeconds: secondsSince(found) };
}

/** The last time that was due so long before a moment that the work is done by then. */
function dueBefore(expression: string, moment: number): number | undefined {
  return expression === '' ? undefined : lastDue(expression, moment - PATIENCE_MS);
}
