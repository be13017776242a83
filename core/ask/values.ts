import { type DateReading, datesIn } from './date-values.ts';
import { wordsOf } from './grams.ts';
import { monthsClaimed, monthsHeld } from './month-names.ts';
import { numberWordsHeld, numberWordsIn } from './number-words.ts';
import { isSameWord } from './same-word.ts';
import { scanValues, western } from './scan-values.ts';
import { withoutSpokenMeasures } from './spoken-measures.ts';
import { countedIn, MONEY, unitsBeside, unitsNamed } from './units.ts';
import { standsWith } from './value-clauses.ts';
import { dayGroups, daysNamed } from './weekday-names.ts';

/**
 * Something that a text states exactly: a number, date, time, code, day of the week or month. It stands in another text
 * when one of its `readings` does, with the same unit and sign where it states one; a number in groups ("12 500") also
 * when its groups follow one another there.
 */
export interface Value {
  readonly shown: string;
  readonly readings: readonly string[];
  readonly groups?: readonly string[] | undefined;
  readonly unit?: string | undefined;
  /** The word right behind a number without a unit: it must stand behind the number there too, where that one has a unit. */
  readonly counted?: string | undefined;
  readonly isNegative?: boolean | undefined;
  /** True where a sign makes another statement of it: a balance or a temperature, while a payment may be written as -45. */
  readonly isLevel?: boolean | undefined;
  /** Readings of the other values of a sentence that names one day or month: they must stand with it. */
  readonly beside?: readonly string[] | undefined;
}

/** The values that a text holds, ready to be asked for. */
export interface HeldValues {
  has(value: Value): boolean;
}

/** One place at which a number stands. */
interface Occurrence {
  readonly units: readonly string[];
  readonly isNegative: boolean;
  /** The text behind it. */
  readonly behind?: string | undefined;
  /** Only a part of what may be a longer number. */
  readonly isPart?: boolean;
}

/** Marks that are no part of what is stated. */
const CITATION = /\[\d+\]/g;
/** What may be above or below nought. */
const LEVEL =
  /(?<!\p{L})(?:balance|overdrawn|temperature|profit|result|saldo|kontostand|guthaben|temperatur|gewinn|ergebnis|solde|température|bénéfice|temperatura|beneficio|saldo|bakiye|sıcaklık|баланс|остаток|температур\p{L}*|прибыль)(?!\p{L})/iu;

/** What a sentence states, to be looked for elsewhere. `language` tells which number words count. */
export function valuesOf(sentence: string, language: string | undefined): Value[] {
  const text = withoutSpokenMeasures(western(sentence.replace(CITATION, ' ')));
  const isLevel = LEVEL.test(text);
  const words = language === undefined ? [] : numberWordsIn(text, language);
  const numbers = [
    ...scanValues(text),
    ...words.map(({ word, value, ...place }) => ({
      shown: word,
      readings: [`N${value}`],
      units: unitsBeside(text, place),
      behind: text.slice(place.end),
    })),
  ].map(({ units: [unit], behind = '', ...value }): Value => {
    const isSigned = isLevel || unit?.startsWith('°');
    const counted = unit === undefined ? countedIn(behind) : undefined;
    return {
      ...value,
      ...(unit !== undefined && { unit }),
      ...(counted !== undefined && { counted }),
      ...(isSigned && { isLevel: true }),
    };
  });
  return [...numbers, ...namesOf(text, numbers)];
}

/** Days and months that a sentence names. Where it names a single one, its other values are said of that. */
function namesOf(text: string, numbers: readonly Value[]): Value[] {
  const dates = datesIn(text);
  const blank = dates.reduce((rest, { start, end }) => blanked(rest, start, end), text);
  const days = daysNamed(blank).filter(
    ({ day, end }) =>
      !isDayOf(
        day,
        dates.find(({ start }) => start >= end && start <= end + 5),
      ),
  );
  const names = [
    ...new Set([...days.map(({ day }) => `W${day}`), ...monthsClaimed(blank).map((month) => `M${month}`)]),
  ];
  const beside =
    names.length === 1 ? numbers.filter(({ readings }) => readings.length > 0).map(({ readings }) => readings[0]!) : [];
  return names.map((name) => ({ shown: name, readings: [name], ...(beside.length > 0 && { beside }) }));
}

/** A day of the week before a whole date says nothing new when it is that date's: the date itself must stand. */
function isDayOf(day: number, date: { readings: readonly DateReading[] } | undefined): boolean {
  return (
    date?.readings.some(
      ({ year, month, day: own }) =>
        year !== null && own !== null && new Date(Date.UTC(year, month - 1, own)).getUTCDay() === day % 7,
    ) === true
  );
}

/**
 * The values of a text that answers rest on. Numbers are compared by value (1.234,56 is 1,234.56), dates across formats
 * and languages, codes without their separators. A part of a longer number or of a date is not held, except its year.
 * `language` is the text's own: it tells which words are numbers.
 */
export function heldValues(text: string, language: string | undefined): HeldValues {
  const plain = withoutSpokenMeasures(western(text));
  const held = new Map<string, Occurrence[]>();
  const bare: Occurrence = { units: [], isNegative: false };
  const add = (reading: string, place = bare) => held.set(reading, [...(held.get(reading) ?? []), place]);
  for (const { readings, groups, units, isNegative, behind } of scanValues(plain)) {
    for (const reading of readings) add(reading, { units, isNegative: isNegative === true, behind });
    // Numbers in columns beside one another look like one in groups, unless a unit says that it is one.
    if (units.length === 0)
      for (const group of groups ?? [])
        for (const reading of readingsOf(group)) add(reading, { ...bare, isPart: true });
  }
  for (const { readings } of datesIn(plain)) for (const date of readings) addParts(add, date);
  for (const { year, month } of monthsOfYears(plain)) add(`D${year}-${month}-`);
  for (const { value, start, end } of numberWordsHeld(plain, language))
    add(`N${value}`, {
      units: unitsBeside(plain, { start, end }),
      isNegative: false,
      behind: plain.slice(end, end + 60),
    });
  for (const day of dayGroups(plain).flatMap(({ days }) => [...days])) add(`W${day}`);
  for (const month of monthsHeld(plain)) add(`M${month}`);
  return { has: lookUp(plain, held) };
}

function lookUp(plain: string, held: ReadonlyMap<string, readonly Occurrence[]>): HeldValues['has'] {
  const tokens = plain.toUpperCase().match(/[\p{L}\d]+/gu) ?? [];
  const named = unitsNamed(plain);
  // A date counts without its year too: "Thursday, 3 March" is said of 3 March 2026.
  const with_ = standsWith(plain, (clause) =>
    scanValues(clause).flatMap(({ readings }) =>
      readings.flatMap((one) => [one, one.replace(/^D\d+(-\d+-\d+)$/, 'D$1')]),
    ),
  );
  // Notes of a household leave out what everything there is paid in.
  const mayBeMissing = (unit: string) =>
    named.has(unit) || (MONEY.has(unit) && ![...MONEY].some((one) => named.has(one)));
  const fits = (value: Value) => (place: Occurrence) =>
    (value.unit === undefined ||
      place.units.includes(value.unit) ||
      (place.units.length === 0 && !place.isPart && mayBeMissing(value.unit))) &&
    (value.counted === undefined || place.units.length === 0 || isBehind(value.counted, place)) &&
    (value.isNegative ? place.isNegative : !(place.isNegative && value.isLevel));
  return (value) => {
    const { readings, groups, beside = [] } = value;
    const isHeld = (reading: string) =>
      held.get(reading)?.some(fits(value)) === true ||
      (reading.startsWith('C') && isJoined(reading.slice(1), tokens)) ||
      hasDate(held, reading);
    if (!readings.some(isHeld) && !(groups && isInGroups(groups, plain))) return false;
    return beside.every((reading) => with_(reading, readings[0]!));
  };
}

function isBehind(word: string, { behind = '' }: Occurrence): boolean {
  const [counted = word] = wordsOf(word);
  return wordsOf(behind).some((other) => isSameWord(counted, other));
}

function readingsOf(group: string): string[] {
  return scanValues(group).flatMap(({ readings }) => readings.slice(0, 1));
}

/** A full date also tells its year, its month of the year, its month and its day of any year. */
function addParts(add: (reading: string) => void, { year, month, day }: DateReading): void {
  add(`M${month}`);
  add(`D-${month}-${day ?? ''}`);
  if (year === null) {
    add(`Y-${month}-${day ?? ''}`);
    return;
  }
  add(`D${year}-${month}-`);
  add(`N${year}`);
}

/** 2024-01 and 01/2024, as file names and bills have them. */
function monthsOfYears(text: string): { year: string; month: number }[] {
  const first = [...text.matchAll(/(?<!\d)((?:19|20)\d\d)[-_/.](0?[1-9]|1[0-2])(?!\d)/g)];
  const last = [...text.matchAll(/(?<![\d.,/])(0?[1-9]|1[0-2])[-_/.]((?:19|20)\d\d)(?!\d)/g)];
  return [
    ...first.map(([, year, month]) => ({ year: year!, month: Number(month) })),
    ...last.map(([, month, year]) => ({ year: year!, month: Number(month) })),
  ];
}

/** A date whose day stands without a year is held when the year stands elsewhere in the text. */
function hasDate(held: ReadonlyMap<string, unknown>, reading: string): boolean {
  const [, year, rest] = /^D(\d+)(-\d+-\d+)$/.exec(reading) ?? [];
  return year !== undefined && held.has(`N${year}`) && held.has(`Y${rest}`);
}

/** True when the groups of a number follow one another in a text: three or more also with other signs between, as in telephone numbers. */
function isInGroups(groups: readonly string[], text: string): boolean {
  const between = groups.length > 2 ? String.raw`[ \u00a0\u202f./()-]{0,3}` : String.raw`[ \u00a0\u202f]`;
  return new RegExp(String.raw`(?<![\d.,])${groups.join(between)}(?!\d)`, 'u').test(text);
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

function blanked(text: string, start: number, end: number): string {
  return text.slice(0, start) + ' '.repeat(end - start) + text.slice(end);
}
