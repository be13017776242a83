import { type DateReading, datesIn } from './date-values.ts';
import { unitsBeside } from './units.ts';

/** A number, date, time or code as it stands in a text. */
export interface ScannedValue {
  readonly shown: string;
  readonly readings: readonly string[];
  /** The parts of a number that blanks part: "12 500". */
  readonly groups?: readonly string[];
  /** Units that stand with it, by the names of units.ts. */
  readonly units: readonly string[];
  readonly isNegative?: boolean;
  /** The text behind a number, as far as it may tell what is counted. */
  readonly behind?: string;
}

const TIME =
  /(?<![\d.,:])([01]?\d|2[0-4])(?:(?:[:.h]([0-5]\d))(?![\d]|[.,:]\d)\s*(a\.?m\.?|p\.?m\.?|uhr|h)?(?!\p{L})|\s*(a\.?m\.?|p\.?m\.?|uhr|h)(?![\p{L}\d]))/giu;
/** Words and numbers joined by what codes are joined by; it is a code when it holds letters and digits both. */
const CODE =
  /(?<![\p{L}\d])(?:[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?|[\p{L}\d]+(?:[-._/][\p{L}\d]+)*)(?![\p{L}\d])/gu;
const NUMBER = /\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*/gu;
/** Digits with letters right behind that make no code of them. */
const ATTACHED = /^(\d+(?:[.,]\d+)*)(?:st|nd|rd|th|er|e|x)$/iu;
const WITH_UNIT =
  /^(\d+(?:[.,]\d+)*)-?(k?g|mg|mcg|μg|iu|ie|k?m|km\/h|kmh|mph|ft|mi|ha|oz|[cd]l|cm|mm|[mck]?m[23²³]|qm|cbm|[mc]?l|k?wh?|[kmgt]b|min|s|std|eur|euro|chf|usd|gbp|zł|tl|t|\p{Script=Cyrillic}{1,12})$/iu;
/** "a 30-day notice", "30-tägig", "3-monatige" */
const JOINED_UNIT = /^(\d+(?:[.,]\d+)*)-(\p{L}{3,12})$/u;
const POWER = /^[ck]?m[23]$/i;
const TIMES =
  /^\s*(?:(mio\.?|million\p{L}*|mill?on\p{L}*|milion\p{L}*|млн\.?|миллион\p{L}*)|(mrd\.?|milliard\p{L}*|billion\p{L}*|млрд\.?|миллиард\p{L}*)|(tsd\.?|tausend|thousand|mil(?!\p{L})|тыс\.?|тысяч\p{L}*))(?!\p{L})/iu;
/** A minus right before a number, money between allowed; a dash with a blank behind is a list's or a range's. */
const MINUS =
  /(?:^|[\s|:(]|(?<!\d\s?)[€£$₺₽¥₹])(?:\u2212\s?|[-\u2013](?=$|[€£$])|(?:minus|moins|menos|meno|eksi|минус)\s)(?:[€£$]|[A-Z]{3}\s)?$/iu;
const SIGNED_MONEY = /(?<![\p{L}\d])(EUR|USD|GBP|CHF|SEK|NOK|DKK|CZK|PLN|JPY|INR|RUB|CNY)[-\u2013](?=\d)/gu;
/** Behind a sum: "250,00-", "(250.00)". */
const MINUS_BEHIND = /^\s?[-\u2212](?![\p{L}\d\s]*\d)/u;

/** Digits of every script, and signs of full width, as ASCII. */
export function western(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[٠-٩۰-۹]/gu, (digit) => String((digit.codePointAt(0)! - (digit < '۰' ? 0x660 : 0x6f0)) % 10))
    .replace(/\p{Cf}/gu, '');
}

/** The numbers, dates, times and codes of a text that `western` has gone over. A number within a date is none of its own. */
export function scanValues(text: string): ScannedValue[] {
  const found: ScannedValue[] = [];
  let rest = text;
  for (const { start, end, readings } of datesIn(text)) {
    found.push({ shown: text.slice(start, end), readings: readings.map(dateReading), units: [] });
    rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
  }
  rest = rest.replace(TIME, (shown, hour: string, minute?: string, half?: string, alone?: string) => {
    // "3.50" is a sum of money more often than a time; only a word for the hour makes it one.
    if (shown.includes('.') && !/[a-z]/i.test(shown)) return shown;
    const readings = timeReadings(Number(hour), minute ?? '00', half ?? alone);
    // "24 h" are hours as well.
    if (alone?.toLowerCase() === 'h') readings.push(`N${Number(hour)}`);
    found.push({ shown, readings, units: alone?.toLowerCase() === 'h' ? ['hour'] : [] });
    return ' ';
  });
  // "EUR-20" is a sum below nought and no code.
  rest = rest.replace(SIGNED_MONEY, (_, money: string) => `${money} \u2212`);
  // Chinese has no blanks around numbers.
  rest = rest.replace(/(?<=\p{sc=Han})(?=\d)|(?<=\d)(?=\p{sc=Han})/gu, ' ');
  rest = rest.replace(CODE, (shown) => {
    if (!/\d/.test(shown) || !/\p{L}/u.test(shown) || POWER.test(shown)) return shown;
    const [, number, unit] = WITH_UNIT.exec(shown) ?? JOINED_UNIT.exec(shown) ?? [];
    if (number !== undefined && isUnit(unit!)) return ` ${number} ${unit} `;
    const attached = ATTACHED.exec(shown)?.[1];
    if (attached !== undefined) return ` ${attached} `;
    found.push({ shown, readings: [`C${shown.toUpperCase().replace(/[^\p{L}\d]/gu, '')}`], units: [] });
    return ' ';
  });
  for (const match of rest.matchAll(NUMBER)) {
    // The digit of "m2" is no number.
    if (/\p{L}$/u.test(rest.slice(Math.max(0, match.index - 1), match.index))) continue;
    found.push(numberAt(rest, { start: match.index, end: match.index + match[0].length }));
  }
  return found;
}

function isUnit(word: string): boolean {
  return unitsBeside(`1 ${word}`, { start: 0, end: 1 }).length > 0;
}

function numberAt(text: string, { start, end }: { start: number; end: number }): ScannedValue {
  const [shown, after] = [text.slice(start, end), text.slice(end, end + 60)];
  const times = TIMES.exec(after);
  const factor = times?.[1] ? 1e6 : times?.[2] ? 1e9 : times?.[3] ? 1e3 : 1;
  const readings = readNumber(shown.replace(/[ \u00a0\u202f'’]/g, ''));
  const groups = shown.split(/[ \u00a0\u202f]/);
  const units = unitsBeside(text, { start, end: end + (times?.[0].length ?? 0) });
  const before = text.slice(Math.max(0, start - 16), start);
  const isMinus =
    MINUS.test(before) ||
    (/[.,]\d\d$/.test(shown) && (MINUS_BEHIND.test(after) || (before.endsWith('(') && after.startsWith(')'))));
  return {
    shown,
    readings: factor === 1 ? readings : readings.map((one) => multiplied(one, factor)),
    units,
    behind: after,
    ...(groups.length > 1 && factor === 1 && { groups }),
    ...(isMinus && { isNegative: true }),
  };
}

/** `N` and a canonical decimal; `C` for what is no number (versions, leading zeros); `T` for three decimals as written. */
function readNumber(digits: string): string[] {
  const marks = digits.replace(/\d/g, '');
  if (marks === '') return [/^0\d/.test(digits) ? `C${digits}` : canonical(digits, '')];
  const last = marks.at(-1)!;
  const [whole, fraction] = [digits.slice(0, digits.lastIndexOf(last)), digits.slice(digits.lastIndexOf(last) + 1)];
  const isGrouped = (text: string) => /^\d{1,3}(?:[.,]\d{3})*$/.test(text);
  if (marks.length === 1) {
    if (fraction.length !== 3 || !isGrouped(digits) || whole === '0') return [canonical(whole, fraction)];
    return [canonical(whole + fraction, ''), `T${whole}.${fraction}`];
  }
  if (new Set(marks).size === 1 && isGrouped(digits)) return [canonical(digits.replace(/[.,]/g, ''), '')];
  if (marks.indexOf(last) === marks.length - 1 && isGrouped(whole)) {
    return [canonical(whole.replace(/[.,]/g, ''), fraction)];
  }
  return [`C${digits.replace(/[.,]/g, '')}`];
}

function canonical(whole: string, fraction: string): string {
  const rest = fraction.replace(/0+$/, '');
  return `N${whole.replace(/^0+(?=\d)/, '')}${rest === '' ? '' : `.${rest}`}`;
}

function multiplied(reading: string, factor: number): string {
  const value = Number(reading.slice(1)) * factor;
  return `N${Number(value.toPrecision(15))}`;
}

function timeReadings(hour: number, minute: string, half: string | undefined): string[] {
  const word = half?.toLowerCase().replaceAll('.', '');
  if (word === 'pm') return [`H${(hour % 12) + 12}:${minute}`];
  if (word === 'am') return [`H${hour % 12}:${minute}`];
  return [`H${hour}:${minute}`];
}

function dateReading({ year, month, day }: DateReading): string {
  return `D${year ?? ''}-${month}-${day ?? ''}`;
}
