import { lastDue } from './last-due.ts';
import { nextDue } from './next-due.ts';

/** A run so soon after its time is on schedule; later it is caught up. */
const ON_TIME_MS = 60_000;

/**
 * What a schedule asks for now: to run on time, to catch up, nothing; or `clock-set-back`: the last run began so far in the
 * future that the clock must have been put right since, and schedules are to count from now on.
 */
export type Verdict = 'schedule' | 'catch-up' | 'nothing' | 'clock-set-back';

/**
 * Judges by the latest time that was due, and by the moment that the job's last run counts for (`JobRun.countsAt`; undefined
 * when it never ran). However many times were missed, they are one run. A clock set back by less than half of the
 * schedule's interval repeats nothing: times that come again are already served.
 */
export function judgeSchedule(expression: string, last: number | undefined, now: number): Verdict {
  const due = lastDue(expression, now);
  if (due === undefined) return 'nothing';
  if (last === undefined || last < due) return now - due < ON_TIME_MS ? 'schedule' : 'catch-up';
  if (last <= now) return 'nothing';
  const interval = (nextDue(expression, due) ?? Number.POSITIVE_INFINITY) - due;
  return last - now > interval / 2 ? 'clock-set-back' : 'nothing';
}
