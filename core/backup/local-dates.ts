import { DAY_MS } from '../retention/age.ts';

/** The buckets that a moment falls into, by the local date of a household: `2026-11-30`, its week (named by its Monday), `2026-11`. */
export interface LocalDates {
  readonly day: string;
  readonly week: string;
  readonly month: string;
}

/** Making one takes a thousand times as long as using it. */
const formats = new Map<string | undefined, Intl.DateTimeFormat>();

function formatOf(zone: string | undefined): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const date = { calendar: 'gregory', year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const made = new Intl.DateTimeFormat('en-US', { ...date, ...(zone !== undefined && { timeZone: zone }) });
  formats.set(zone, made);
  return made;
}

/**
 * In which local day, ISO week and month a moment lies. `zone` is an IANA name; undefined: the machine's. Used by the policy
 * that decides which backups stay.
 */
export function localDates(at: number, zone: string | undefined): LocalDates {
  const parts = formatOf(zone).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)!.value;
  const day = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
  return { day, week: addDays(day, -weekday(day)), month: day.slice(0, 7) };
}

/** The date so many days later (or earlier). */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The month so many months later (or earlier). */
export function addMonths(month: string, months: number): string {
  const [year, of] = month.split('-').map(Number);
  return new Date(Date.UTC(year!, of! - 1 + months, 1)).toISOString().slice(0, 7);
}

/** Monday is 0. */
function weekday(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}
