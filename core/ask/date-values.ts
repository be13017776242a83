import { monthOf } from './month-names.ts';

/** A date found in a text, by the readings that it may have (3/4/2025 has two). `year` null: a day of every year; `day` null: a month. */
export interface DateValue {
  readonly start: number;
  readonly end: number;
  readonly readings: readonly DateReading[];
}

export interface DateReading {
  readonly year: number | null;
  readonly month: number;
  readonly day: number | null;
}

const WORD = String.raw`\p{L}{3,13}\.?`;
const DAY = String.raw`\d{1,2}(?:st|nd|rd|th|er|º|ª|\.)?`;
// A blank has to follow, or the beginning of "December" is taken for one of these.
const OF = String.raw`(?:\s*(?:of|del?|di)\s+|\s*d['’]\s*|\s*)`;
const YEAR = String.raw`(?:1[5-9]|20|21)\d{2}`;
const PATTERNS: readonly { readonly at: RegExp; readonly read: (found: readonly string[]) => DateReading[] }[] = [
  {
    at: /(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/gu,
    read: ([, y, m, d]) => [reading(y, m, d)],
  },
  {
    at: /(?<!\d)(\d{4})\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?/gu,
    read: ([, y, m, d]) => [reading(y, m, d)],
  },
  { at: /(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*日/gu, read: ([, m, d]) => [reading(undefined, m, d)] },
  {
    at: /(?<![\d.,])(\d{1,2})([./-])[ \u00a0]?(\d{1,2})\2[ \u00a0]?(\d{4}|\d{2})(?![\d]|[.,]\d)/gu,
    read: ([, a, , b, y]) => [reading(y, b, a), reading(y, a, b)],
  },
  {
    at: new RegExp(String.raw`(?<![\d.,])(${DAY})${OF}(${WORD})(?:${OF}|,\s*)(${YEAR})(?!\d)`, 'giu'),
    read: ([, d, word, y]) => named(y, word, d),
  },
  {
    at: new RegExp(String.raw`(?<!\p{L})(${WORD})\s+(${DAY})(?:,?\s+(?:of\s+)?(${YEAR})(?!\d)|(?![\d.,]*\d))`, 'giu'),
    read: ([, word, d, y]) => named(y, word, d),
  },
  {
    at: new RegExp(String.raw`(?<![\d.,])(${DAY})${OF}(${WORD})(?!\p{L})`, 'giu'),
    read: ([, d, word]) => named(undefined, word, d),
  },
  {
    at: new RegExp(String.raw`(?<!\p{L})(${WORD})${OF}(${YEAR})(?!\d)`, 'giu'),
    read: ([, word, y]) => named(y, word, undefined),
  },
  { at: /(?<![\d.,])(\d{1,2})\.(\d{1,2})\.(?!\d)/gu, read: ([, d, m]) => [reading(undefined, m, d)] },
];

/** The dates of a text, in every format and language that monthOf knows. They don't overlap; longer forms come first. */
export function datesIn(text: string): DateValue[] {
  const found: DateValue[] = [];
  let rest = text;
  for (const { at, read } of PATTERNS) {
    rest = rest.replace(at, (whole: string, ...groups: unknown[]) => {
      const start = groups.find((group) => typeof group === 'number') as number;
      const readings = read([whole, ...(groups as string[])]).filter(isDate);
      if (readings.length === 0) return whole;
      found.push({ start, end: start + whole.length, readings });
      return ' '.repeat(whole.length);
    });
  }
  return found;
}

function named(year: string | undefined, word: string | undefined, day: string | undefined): DateReading[] {
  const month = monthOf(word ?? '');
  return month === undefined ? [] : [reading(year, String(month), day)];
}

function reading(year: string | undefined, month: string | undefined, day: string | undefined): DateReading {
  return {
    year: year === undefined ? null : fullYear(year),
    month: Number(month),
    day: day === undefined ? null : Number.parseInt(day, 10),
  };
}

/** Two digits mean the years around now, as on forms: 69 and above is the century before. */
function fullYear(year: string): number {
  const number = Number(year);
  if (year.length > 2) return number;
  return number < 69 ? 2000 + number : 1900 + number;
}

function isDate({ month, day }: DateReading): boolean {
  return month >= 1 && month <= 12 && (day === null || (day >= 1 && day <= 31));
}
