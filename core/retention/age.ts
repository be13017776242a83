/** How long something is kept: whole days, or until somebody says otherwise. */
export type Age = number | 'forever';

/** A hundred years: more is a slip of the hand. */
const MOST_DAYS = 36_500;
/** A day in milliseconds. */
export const DAY_MS = 86_400_000;

const UNITS: readonly { readonly words: RegExp; readonly days: number }[] = [
  { words: /^(d|days?|t|tage?n?)?$/, days: 1 },
  { words: /^(w|weeks?|wochen?)$/, days: 7 },
  { words: /^(m|months?|monate?n?)$/, days: 30 },
  { words: /^(y|years?|j|jahre?n?)$/, days: 365 },
];
const FOREVER =
  /^(forever|always|für immer|fuer immer|immer|unbegrenzt|unlimited|until told otherwise|bis auf weiteres)$/;

/** Reads "30 days", "2 years", "3 Monate", "forever", "für immer" or a bare number of days. undefined for anything else, and for less than a day. */
export function parseAge(text: string): Age | undefined {
  const words = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (FOREVER.test(words)) return 'forever';
  const [, number, unit] = /^(\d{1,5}|an?|one|eine?n?)\s?(\p{L}*)$/u.exec(words) ?? [];
  const found = unit === undefined ? undefined : UNITS.find((one) => one.words.test(unit));
  if (number === undefined || found === undefined) return undefined;
  const count = /^\d/.test(number) ? Number(number) : unit === '' ? 0 : 1;
  const days = count * found.days;
  return days >= 1 && days <= MOST_DAYS ? days : undefined;
}

/** Writes an age as settings have it: "30 days", "2 years", "forever". `parseAge` reads it back. */
export function writeAge(age: Age): string {
  if (age === 'forever') return age;
  const [number, unit] = age % 365 === 0 ? [age / 365, 'year'] : [age, 'day'];
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}

/** Negative when `a` is shorter, positive when it is longer, 0 when they are the same. */
export function compareAges(a: Age, b: Age): number {
  return days(a) - days(b) || 0;
}

/** An age in milliseconds; undefined for one without an end. */
export function ageMs(age: Age): number | undefined {
  return age === 'forever' ? undefined : age * DAY_MS;
}

/** What is older than this time (milliseconds since 1970) was kept long enough; undefined when nothing ever is. */
export function cutoff(age: Age, now: number): number | undefined {
  return age === 'forever' ? undefined : now - age * DAY_MS;
}

// Not Infinity, whose difference with itself is no number.
function days(age: Age): number {
  return age === 'forever' ? Number.MAX_SAFE_INTEGER : age;
}
