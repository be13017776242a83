import { parse } from 'node-cron';

/** The rarest schedule (29 February) comes round in four years, or in eight around 2100: nobody looks further, for `lastDue` and `nextDue`. */
export const MOST_DAYS = 8 * 366;

/** A repeated stretch of an autumn night is looked for so far ahead; no clock change is longer. */
const LONGEST_CHANGE_MS = 3 * 3_600_000;

/**
 * The moments (milliseconds, ascending) for which a cron expression asks on one local day: `back` days before a given one,
 * or after it when negative. Empty when the day does not fit.
 */
export type DueTimes = (back: number) => number[];

/**
 * Reads a five-field cron expression, for `lastDue` and `nextDue`; days are counted from that of `at`, in the machine's time
 * zone. Day of month and day of week must both fit, as in node-cron. A time that the spring clock change skips counts as much
 * later as the clock was put forward. A time that the autumn change repeats counts once; but a job of every hour runs in both.
 */
export function dueTimes(expression: string, at: number): DueTimes {
  const { minute: minutes, hour: hours, dayOfMonth, month, dayOfWeek } = parse(expression);
  const isEveryHour = new Set(hours).size === 24;
  const base = new Date(at);
  const [year, monthIndex, date] = [base.getFullYear(), base.getMonth(), base.getDate()];
  return (back) => {
    const day = new Date(year, monthIndex, date - back);
    if (!month.includes(day.getMonth() + 1) || !dayOfMonth.includes(day.getDate())) return [];
    if (!dayOfWeek.includes(day.getDay())) return [];
    const moments = new Set<number>();
    for (const hour of hours) {
      for (const minute of minutes) {
        const moment = new Date(year, monthIndex, date - back, hour, minute).getTime();
        moments.add(moment);
        if (isEveryHour) moments.add(secondOf(moment));
      }
    }
    return [...moments].sort((one, other) => one - other);
  };
}

/** When the same local time comes again that night because the clock is put back; the moment itself when it does not. */
function secondOf(moment: number): number {
  const before = new Date(moment);
  const after = new Date(moment + LONGEST_CHANGE_MS);
  const putBack = (after.getTimezoneOffset() - before.getTimezoneOffset()) * 60_000;
  if (putBack <= 0) return moment;
  const again = new Date(moment + putBack);
  const isSame = again.getHours() === before.getHours() && again.getMinutes() === before.getMinutes();
  return isSame ? again.getTime() : moment;
}
