import { dueTimes, MOST_DAYS } from './due-times.ts';

/**
 * The latest moment (milliseconds) at or before `now` for which a five-field cron expression asked, in the machine's time
 * zone (`dueTimes`); undefined when there was none. The runner compares it with the last run to see what is due or was
 * missed.
 */
export function lastDue(expression: string, now: number): number | undefined {
  const times = dueTimes(expression, now);
  const latestOn = (back: number) => times(back).findLast((moment) => moment <= now);
  for (let back = 0; back <= MOST_DAYS; back++) {
    const latest = latestOn(back);
    if (latest === undefined) continue;
    // A clock that is put forward around midnight moves the last times of a day into the next.
    return Math.max(latest, latestOn(back + 1) ?? latest);
  }
  return undefined;
}
