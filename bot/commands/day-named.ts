import { type DateReading, datesIn } from '../../core/ask/date-values.ts';

/** Days named by how far they are. */
const NEAR: Readonly<Record<string, number>> = {
  today: 0,
  heute: 0,
  tomorrow: 1,
  morgen: 1,
  'the day after tomorrow': 2,
  'day after tomorrow': 2,
  übermorgen: 2,
};

/**
 * The day that a whole text names ("31.12.2027", "31 December 2027", "1.1.28", "tomorrow", "morgen"), as the midnight that
 * begins it in the machine's time zone. A day without a year is the next one. undefined for what names no day, or for
 * what may be two ("3/4/2027").
 */
export function dayNamed(text: string, now: number): number | undefined {
  const typed = text.trim().toLowerCase();
  const today = new Date(now);
  const near = NEAR[typed];
  if (near !== undefined) return midnight(today.getFullYear(), today.getMonth() + 1, today.getDate() + near);
  // A mark at the end belongs to the sentence, unless the date is written with it ("31.12.").
  const [date, ...more] = datesIn(typed);
  if (date === undefined || more.length > 0) return undefined;
  if (typed.slice(0, date.start) !== '' || !/^[.!]?$/.test(typed.slice(date.end))) return undefined;
  const days = readingsOf(date.readings, typed).map((one) => dayOf(one, today));
  return new Set(days).size === 1 ? days[0] : undefined;
}

/** With full stops the day comes first; with other marks both readings stand, as far as there is such a day. */
function readingsOf(readings: readonly DateReading[], typed: string): readonly DateReading[] {
  const isDayFirst = /^\d{1,2}\./.test(typed);
  return isDayFirst ? readings.slice(0, 1) : readings;
}

function dayOf({ year, month, day }: DateReading, today: Date): number | undefined {
  if (day === null) return undefined;
  if (year !== null) return isReal(year, month, day) ? midnight(year, month, day) : undefined;
  const years = [today.getFullYear(), today.getFullYear() + 1];
  const start = midnight(today.getFullYear(), today.getMonth() + 1, today.getDate());
  const next = years.find((one) => isReal(one, month, day) && midnight(one, month, day) >= start);
  return next === undefined ? undefined : midnight(next, month, day);
}

function midnight(year: number, month: number, day: number): number {
  return new Date(year, month - 1, day).getTime();
}

function isReal(year: number, month: number, day: number): boolean {
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day;
}
