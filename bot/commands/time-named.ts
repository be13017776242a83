import { MOST_SNOOZE_MS } from '../../core/alert.ts';
import { DAY_MS } from '../../core/retention/age.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const UNITS: readonly { readonly words: RegExp; readonly ms: number }[] = [
  { words: /^(m|min|mins?|minutes?|minuten?)\.?$/, ms: MINUTE_MS },
  { words: /^(h|hrs?|hours?|std|stunden?)\.?$/, ms: HOUR_MS },
  { words: /^(d|days?|t|tage?n?)$/, ms: DAY_MS },
  { words: /^(w|weeks?|wochen?)$/, ms: 7 * DAY_MS },
];

/** A length of time as people type it ("30 min", "2h", "3 days", "eine Woche") in milliseconds: a minute to 90 days. undefined for anything else. */
export function timeNamed(text: string): number | undefined {
  const words = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const [, number, unit] = /^(\d{1,4}|an?|one|eine?n?)\s?(\p{L}+\.?)$/u.exec(words) ?? [];
  const found = unit === undefined ? undefined : UNITS.find((one) => one.words.test(unit));
  if (number === undefined || found === undefined) return undefined;
  const ms = (/^\d/.test(number) ? Number(number) : 1) * found.ms;
  return ms >= MINUTE_MS && ms <= MOST_SNOOZE_MS ? ms : undefined;
}
