import { type DateReading, datesIn } from './date-values.ts';
import { numberWordsIn } from './number-words.ts';

/**
 * Something that a text states exactly: a number, date, time or code. It stands in another text when one of its
 * `readings` does, or all of its `parts`.
 */
export interface Value {
  readonly shown: string;
  readonly readings: readonly string[];
  readonly parts?: readonly string[];
}

/** The values that a text holds, ready to be asked for. */
export interface HeldValues {
  has(value: Value): boolean;
}

const TIME =
  /(?<![\d.,:])([01]?\d|2[0-4])(?:(?:[:.h]([0-5]\d))(?![\d]|[.,:]\d)\s*(a\.?m\.?|p\.?m\.?|uhr|h)?(?!\p{L})|\s*(a\.?m\.?|p\.?m\.?|uhr|h)(?![\p{L}\d]))/giu;
/** Words and numbers joined by what codes are joined by; it is a code when it holds letters and digits both. */
const CODE =
  /(?<![\p{L}\d])(?:[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?|[\p{L}\d]+(?:[-._/][\p{L}\d]+)*)(?![\p{L}\d])/gu;
const NUMBER = /\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’]\d+)*/gu;
const UNIT =
  /^(\d+(?:[.,]\d+)*)(?:st|nd|rd|th|er|e|x|k?g|mg|k?m|cm|mm|m2|m²|qm|[mc]?l|k?wh?|[kmgt]b|min|s|std|eur|euro|chf|usd|gbp|zł|tl)$/iu;
const TIMES =
  /^\s*(?:(mio\.?|million\p{L}*|mill?on\p{L}*|milion\p{L}*)|(mrd\.?|milliard\p{L}*|billion\p{L}*)|(tsd\.?|tausend|thousand|mil(?!\p{L})))(?!\p{L})/iu;
/** Marks that are no part of what is stated. */
const CITATION = /\[\d+\]/g;

/** What a sentence states, to be looked for elsewhere. `language` tells which number words count. */
export function valuesOf(sentence: string, language: string | undefined): Value[] {
  const words = language === undefined ? [] : numberWordsIn(sentence, language);
  return [
    ...scan(sentence.replace(CITATION, ' ')),
    ...words.map(({ word, value }) => ({ shown: word, readings: [`N${value}`] })),
  ];
}

/**
 * The values of a text that answers rest on. Numbers are compared by value (1.234,56 is 1,234.56), dates across formats
 * and languages, codes without their separators. A part of a longer number or of a date is not held, except its year.
 */
export function heldValues(text: string): HeldValues {
  const readings = new Set<string>();
  const plain = western(text);
  for (const value of scan(text)) {
    for (const one of [...value.readings, ...(value.parts ?? [])]) readings.add(one);
  }
  for (const { readings: dates } of datesIn(plain)) for (const date of dates) addParts(readings, date);
  for (const { value } of numberWordsIn(text, undefined)) readings.add(`N${value}`);
  const tokens = plain.toUpperCase().match(/[\p{L}\d]+/gu) ?? [];
  const holds = (reading: string) =>
    readings.has(reading) ||
    (reading.startsWith('C') && isJoined(reading.slice(1), tokens)) ||
    hasDate(readings, reading);
  return {
    has: ({ readings: wanted, parts }) => wanted.some(holds) || parts?.every(holds) === true,
  };
}

/** Digits of every script, and signs of full width, as ASCII. */
function western(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[٠-٩۰-۹]/gu, (digit) => String((digit.codePointAt(0)! - (digit < '۰' ? 0x660 : 0x6f0)) % 10))
    .replace(/\p{Cf}/gu, '');
}

function scan(text: string): Value[] {
  const found: Value[] = [];
  let rest = western(text);
  for (const { start, end, readings } of datesIn(rest)) {
    found.push({ shown: rest.slice(start, end), readings: readings.map(dateReading) });
  }
  for (const { start, end } of datesIn(rest)) rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
  rest = rest.replace(TIME, (shown, hour: string, minute?: string, half?: string, alone?: string) => {
    // "3.50" is a sum of money more often than a time; only a word for the hour makes it one.
    if (shown.includes('.') && !/[a-z]/i.test(shown)) return shown;
    found.push({ shown, readings: timeReadings(Number(hour), minute ?? '00', half ?? alone) });
    return ' ';
  });
  rest = rest.replace(CODE, (shown) => {
    if (!/\d/.test(shown) || !/\p{L}/u.test(shown)) return shown;
    const unit = UNIT.exec(shown)?.[1];
    if (unit !== undefined) return ` ${unit} `;
    found.push({ shown, readings: [`C${shown.toUpperCase().replace(/[^\p{L}\d]/gu, '')}`] });
    return ' ';
  });
  for (const match of rest.matchAll(NUMBER))
    found.push(numberValue(match[0], rest.slice(match.index + match[0].length)));
  return found;
}

function numberValue(shown: string, after: string): Value {
  const times = TIMES.exec(after);
  const factor = times?.[1] ? 1e6 : times?.[2] ? 1e9 : times?.[3] ? 1e3 : 1;
  const groups = shown.split(/[ \u00a0\u202f]/);
  const digits = shown.replace(/[ \u00a0\u202f'’]/g, '');
  const readings = readNumber(digits);
  if (factor !== 1) return { shown, readings: readings.map((one) => multiplied(one, factor)) };
  if (groups.length === 1) return { shown, readings };
  return { shown, readings, parts: groups.flatMap((group) => readNumber(group).slice(0, 1)) };
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

/** A full date also tells its year, its month of the year, and its day of any year. */
function addParts(readings: Set<string>, { year, month, day }: DateReading): void {
  readings.add(`D-${month}-${day ?? ''}`);
  if (year === null) {
    readings.add(`Y-${month}-${day ?? ''}`);
    return;
  }
  readings.add(`D${year}-${month}-`);
  readings.add(`N${year}`);
}

/** A date whose day stands without a year is held when the year stands elsewhere in the text. */
function hasDate(readings: ReadonlySet<string>, reading: string): boolean {
  const [, year, rest] = /^D(\d+)(-\d+-\d+)$/.exec(reading) ?? [];
  return year !== undefined && readings.has(`N${year}`) && readings.has(`Y${rest}`);
}

/** True when whole words of the text, put together, are the code. */
function isJoined(code: string, tokens: readonly string[]): boolean {
  return tokens.some((_, from) => {
    let joined = '';
    for (let at = from; at < tokens.length && joined.length < code.length; at++) {
      joined += tokens[at];
      if (!code.startsWith(joined)) return false;
    }
    return joined === code;
  });
}
