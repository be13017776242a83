import { datesIn } from './date-values.ts';
import { monthsHeld } from './month-names.ts';
import { dayGroups } from './weekday-names.ts';

/** A stretch of a text that says something of a day or a month: what stands in it is of that one and of no other. */
interface Clause {
  readonly readings: ReadonlySet<string>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
}

/** Tells whether a value stands with a day ("W2") or month ("M5") in a text. */
export type StandsWith = (reading: string, named: string) => boolean;

/**
 * Which values stand with which days and months: "Monday 10:00 paper, Tuesday 14:00 glass" has no 14:00 on Monday. A value
 * in a clause that names none may be of any. `readingsOf` reads the values of a stretch.
 */
export function standsWith(text: string, readingsOf: (clause: string) => Iterable<string>): StandsWith {
  let clauses: Clause[] | undefined;
  return (reading, named) => {
    clauses ??= clausesOf(text).map((clause) => ({
      readings: new Set(readingsOf(clause)),
      days: new Set(dayGroups(clause).flatMap(({ days }) => [...days])),
      months: monthsHeld(clause),
    }));
    const own = clauses.filter(({ readings }) => readings.has(reading));
    const number = Number(named.slice(1));
    const namesOf = ({ days, months }: Clause) => (named.startsWith('W') ? days : months);
    return own.length === 0 || own.some((clause) => namesOf(clause).size === 0 || namesOf(clause).has(number));
  };
}

/** A comma parts nothing where this alone stands between it and a day or date before it, or a day, date or figure behind it. */
const BESIDE = /^[\s(]*(?:(?:the|den|dem|der|le|el|il|at|um)\s+)?$/iu;

/** Parts of sentences; of a table's row one for each day, because its cells belong together. */
function clausesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    if (!line.includes(' | ')) return partsOfLine(line);
    const starts = dayGroups(line).map(({ start }) => start);
    return [0, ...starts.slice(1), line.length].slice(0, -1).map((from, i, all) => line.slice(from, all[i + 1]));
  });
}

/** The parts of a line that commas, semicolons and full stops make; "Tuesday, 3 March", "Tuesday, 18:00" and "3. März" stay whole. */
export function partsOfLine(line: string): string[] {
  const dates = datesIn(line);
  const named = [...dayGroups(line), ...dates];
  const figures = [...line.matchAll(/\d/g)].map(({ index }) => ({ start: index }));
  const isWhole = (sign: string, at: number) =>
    dates.some(({ start, end }) => start < at && at < end) ||
    (sign === ',' &&
      named.some(({ end }) => end <= at && BESIDE.test(line.slice(end, at))) &&
      [...named, ...figures].some(({ start }) => start > at && BESIDE.test(line.slice(at + 1, start))));
  const cuts = [...line.matchAll(/[,;.](?=\s)/gu)].filter(({ 0: sign, index }) => !isWhole(sign, index));
  const ends = cuts.map(({ index }) => index);
  return [...ends, line.length].map((end, i) => line.slice(i === 0 ? 0 : ends[i - 1]! + 1, end));
}
