import { parse } from 'node-cron';

/** The rarest schedule (29 February) comes round in four years, or in eight around 2100. */
const MOST_DAYS = 8 * 366;

/**
 * The latest moment (milliseconds) at or before `now` for which a five-field cron expression asked, in the machine's time
 * zone; undefined when there was none. A time that the spring clock change skips counts at the moment that follows the
 * gap, one that the autumn change repeats counts once. The runner compares it with the last run to see what was missed:
 * node-cron itself neither catches up nor runs skipped times.
 */
export function lastDue(expression: string, now: number): number | undefined {
  const fields = parse(expression);
  const today = new Date(now);
  for (let back = 0; back <= MOST_DAYS; back++) {
    const day = new Date(today.getFullYear(), today.getMonth(), today.getDate() - back);
    // As in node-cron, day of month and day of week must both fit.
    const fits =
      fields.month.includes(day.getMonth() + 1) &&
      fields.dayOfMonth.includes(day.getDate()) &&
      fields.dayOfWeek.includes(day.getDay());
    const due = fits ? latestOfDay(day, fields, now) : undefined;
    if (due !== undefined) return due;
  }
  return undefined;
}

function latestOfDay(day: Date, fields: { hour: number[]; minute: number[] }, now: number): number | undefined {
  let latest: number | undefined;
  for (const hour of fields.hour) {
    for (const minute of fields.minute) {
      const at = new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour, minute).getTime();
      if (at <= now && (latest === undefined || at > latest)) latest = at;
    }
  }
  return latest;
}
