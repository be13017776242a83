import type { Language } from '../caller.ts';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const TIME_UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;
const SHORT_DAY = { day: 'numeric', month: 'short' } as const;
const BAR_CELLS = 10;
/** From here on a number is short only in words. */
const FIVE_DIGITS = 100_000;

/** How one language writes numbers, sizes, times and counted things. */
export interface Format {
  /** 12,345 or 12.345 */
  number(value: number): string;
  /** A number for little room: "12,345", "1.2m", "1,2 Mio.". */
  compact(value: number): string;
  /** "1 page", "34 pages": the number with the fitting form. */
  count(value: number, one: string, many: string): string;
  /** Bytes in the nearest unit of 1000: "1.2 MB", "1,2 MB". */
  bytes(value: number): string;
  /** Milliseconds since 1970 as a day: "3 Nov 2026", "3. Nov. 2026". */
  day(at: number): string;
  /** The same without its year, for little room: "3 Nov", "3. Nov.". */
  shortDay(at: number): string;
  /** Milliseconds since 1970 as day and time, in the machine's time zone. */
  moment(at: number): string;
  /** The same without its year, for little room: "3 Nov, 04:21", "3. Nov., 04:21". */
  shortMoment(at: number): string;
  /** Milliseconds as a length in its two largest units: "2 hr, 5 min". */
  duration(milliseconds: number): string;
  /** Milliseconds in whole ones of the largest unit that they reach, for little room: "5 hrs". */
  wholeUnits(milliseconds: number): string;
  /** Seconds in the largest fitting unit, with one decimal: "2.1 secs", "1,5 Min.". */
  pace(seconds: number): string;
  /** "a, b and c" */
  list(items: readonly string[]): string;
}

function formatFor(language: Language): Format {
  const locale = LOCALES[language];
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const plurals = new Intl.PluralRules(locale);
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const shortDays = new Intl.DateTimeFormat(locale, SHORT_DAY);
  const shortMoments = new Intl.DateTimeFormat(locale, { ...SHORT_DAY, hour: '2-digit', minute: '2-digit' });
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const unit = (value: number, name: string): string => {
    const unitDisplay = name === 'byte' ? 'long' : 'short';
    return new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay, maximumFractionDigits: 1 }).format(
      value,
    );
  };

  return {
    number: (value) => numbers.format(value),
    compact: (value) => (value < FIVE_DIGITS ? numbers : compact).format(value),
    count: (value, one, many) => `${numbers.format(value)} ${plurals.select(value) === 'one' ? one : many}`,
    bytes: (value) => {
      let shown = value;
      let power = 0;
      // 999.95 would be written "1,000 kB": the next unit begins where rounding reaches it.
      while (shown >= 999.5 && power < BYTE_UNITS.length - 1) {
        shown /= 1000;
        power += 1;
      }
      return unit(shown >= 10 ? Math.round(shown) : shown, BYTE_UNITS[power] ?? 'byte');
    },
    day: (at) => days.format(at),
    shortDay: (at) => shortDays.format(at),
    moment: (at) => moments.format(at),
    shortMoment: (at) => shortMoments.format(at),
    duration: (milliseconds) => {
      const parts: string[] = [];
      let rest = Math.max(0, Math.round(milliseconds / 1000) * 1000);
      for (const [name, length] of TIME_UNITS) {
        const whole = Math.floor(rest / length);
        rest -= whole * length;
        if (whole > 0) parts.push(unit(whole, name));
      }
      return parts.length === 0 ? unit(0, 'second') : parts.slice(0, 2).join(', ');
    },
    wholeUnits: (milliseconds) => {
      const [name, length] = TIME_UNITS.find(([, ms]) => milliseconds >= ms) ?? ['second', 1000];
      return unit(Math.floor(milliseconds / length), name);
    },
    pace: (seconds) => {
      // 59.95 would be written "60 secs".
      const [name, length] = TIME_UNITS.find(([, ms]) => Math.round(seconds * 1000) >= ms * 0.999) ?? ['second', 1000];
      return unit((seconds * 1000) / length, name);
    },
    list: (items) => lists.format(items),
  };
}

/** How each language of the catalogue formats; used by the entries and by tests. */
export const FORMATS: Readonly<Record<Language, Format>> = { en: formatFor('en'), de: formatFor('de') };

/** A bar of ten cells, "▓▓▓░░░░░░░"; anything outside 0..1 is clamped. */
export function progressBar(share: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)) * BAR_CELLS);
  return '▓'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
}

/** How long ago something was, without the seconds that nobody asks for: whole minutes from the first one on. */
export function wholeMinutes(milliseconds: number): number {
  return milliseconds < 60_000 ? milliseconds : Math.floor(milliseconds / 60_000) * 60_000;
}
