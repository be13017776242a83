import { dueTimes, MOST_DAYS } from './due-times.ts';

/**
 * The first moment (milliseconds) after `now` for which a five-field cron expression asks, in the machine's time zone
 * (`dueTimes`); undefined when there is none. For the list of jobs, and to judge how often a job runs.
 */
export function nextDue(expression: string, now: number): number | undefined {
  const times = dueTimes(expression, now);
  const firstOn = (ahead: number) => times(-ahead).find((moment) => moment > now);
  // From yesterday: a clock that is put forward around midnight moves the last times of a day into the next.
  for (let ahead = -1; ahead <= MOST_DAYS; ahead++) {
    const first = firstOn(ahead);
    if (first !== undefined) return Math.min(first, firstOn(ahead + 1) ?? first);
  }
  return undefined;
}
