import { MONTH_PATTERN, monthNamed } from './month-names.ts';

/** Separators of thousands and of decimals as people write them: 1.234,56 and 1,234.56, 1 234,56 and 1'234.56. */
const NUMBER = /(?<![\p{L}\p{N}.,])\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})*(?:[.,]\d{1,2})?(?![\p{L}\p{N}]|[.,]\d)/gu;
const PLAIN_NUMBER = /(?<![\p{L}\p{N}.,])\d{4,9}(?:[.,]\d{1,2})?(?![\p{L}\p{N}]|[.,]\d)/gu;

const SEPARATOR = '[-./_]';
const YEAR = '(?:19|20)\\d\\d';
/** 2025-10-14, 2025_10_14, 20251014 */
const YEAR_FIRST = new RegExp(`(?<!\\d)(${YEAR})(${SEPARATOR}?)([01]\\d)\\2([0-3]\\d)(?!\\d)`, 'g');
/** 14.10.2025, 14/10/25, 14. 10. 2025; an American 10/14/2025 is read by what is possible */
const DAY_FIRST = new RegExp(`(?<![\\d.,/])([0-3]?\\d)([./-]) ?([0-3]?\\d)\\2 ?(${YEAR}|\\d\\d)(?![\\d/])`, 'g');
/** 2024-01, 2024_01 */
const YEAR_MONTH = new RegExp(`(?<![\\d./-])(${YEAR})[-_/.]([01]\\d)(?![\\d]|[-./_]\\d)`, 'g');
/** 2024年10月14日, 10月14日 */
const CHINESE = new RegExp(`(?:(${YEAR})年)?(?<!\\d)([01]?\\d)月(?:([0-3]?\\d)[日号])?`, 'g');
/** A month's name with the numbers around it: 14. Oktober 2025, 14 de octubre de 2025, October 14th, 2025, 5 may 24. */
const NAMED = new RegExp(
  `(?:(?<!\\d)([0-3]?\\d)(?:\\.|st|nd|rd|th|er|º|ª)?[\\s-]*(?:of |de )?)?(?<!\\p{L})(${MONTH_PATTERN})(?!\\p{L})\\.?` +
    `(?:,?[\\s-]*(?:de |del |of |')?(${YEAR})(?!\\d)|[\\s-]+([0-3]?\\d)(?![\\d.,:/]\\d|\\d)(?:st|nd|rd|th)?(?:,?\\s+(${YEAR})(?!\\d))?)?`,
  'gu',
);

/**
 * Dates and amounts of a text in one spelling, so that "14.10.2025", "14 October 2025" and "2025-10-14", or "1.234,56" and
 * "1,234.56", are the same to a full-text search: `d20251014`, `m202510`, `mon10`, `day1014`, `n1234c56`. Called for every passage and
 * every question (grams.ts). With repeats; five characters and more, so that no 4-gram of a word is ever the same.
 */
export function factsOf(text: string): string[] {
  const even = text.normalize('NFKC').toLowerCase();
  return [...datesOf(even), ...amountsOf(even)];
}

function* datesOf(text: string): Generator<string> {
  for (const [, year, , month, day] of text.matchAll(YEAR_FIRST)) yield* dateFacts({ year, month, day });
  for (const [, first, , second, year] of text.matchAll(DAY_FIRST)) {
    const isAmerican = Number(second) > 12;
    yield* dateFacts({ year, month: isAmerican ? first : second, day: isAmerican ? second : first });
  }
  for (const [, year, month] of text.matchAll(YEAR_MONTH)) yield* dateFacts({ year, month });
  for (const [, year, month, day] of text.matchAll(CHINESE)) yield* dateFacts({ year, month, day });
  for (const [, before, word, year, after, yearAfter] of text.matchAll(NAMED)) {
    const named = monthNamed(word!);
    if (!named) continue;
    // "24" behind a month that has its day already, as in "5 may 24", is a year.
    const [day, short] = before === undefined ? [after, undefined] : [before, after];
    const full = year ?? yearAfter ?? short;
    if (!named.isSure && day === undefined && full === undefined) continue;
    yield* dateFacts({ year: full, month: String(named.month), day });
  }
}

interface DateParts {
  readonly year?: string | undefined;
  readonly month: string | undefined;
  readonly day?: string | undefined;
}

function* dateFacts({ year, month, day }: DateParts): Generator<string> {
  if (Number(month) < 1 || Number(month) > 12) return;
  const two = (part: string) => part.padStart(2, '0');
  const inYear = two(month!);
  yield `mon${inYear}`;
  const full = year?.length === 2 ? `20${year}` : year;
  if (full?.length === 4) yield `m${full}${inYear}`;
  if (day === undefined || Number(day) < 1 || Number(day) > 31) return;
  yield `day${inYear}${two(day)}`;
  if (full?.length === 4) yield `d${full}${inYear}${two(day)}`;
}

function* amountsOf(text: string): Generator<string> {
  for (const pattern of [NUMBER, PLAIN_NUMBER]) {
    for (const [number] of text.matchAll(pattern)) {
      const decimals = /[.,](\d{1,2})$/.exec(number)?.[1]?.padEnd(2, '0') ?? '';
      const whole = number.replace(/[.,]\d{1,2}$/, '').replace(/\D/g, '');
      const cents = decimals === '' || decimals === '00' ? '' : `c${decimals}`;
      const fact = `n${whole}${cents}`;
      // Years are found as words, and numbers that begin with a naught are no amounts.
      if (fact.length >= 5 && !/^(?:0|(?:19|20)\d\d$)/.test(number)) yield fact;
    }
  }
}
