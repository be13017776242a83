import { type AnswerTimes, addTimes, countOf, percentile } from './answer-times.ts';
import { countingBackups } from './backup/made-ahead.ts';
import { newestProven } from './backup/newest-proven.ts';
import type { Control } from './control.ts';
import { type DailyLevel, type DayFigures, dayOf, lastDays } from './daily-figures.ts';

/** How many days a picture shows. */
export const SERIES_DAYS = 30;

/** One day of the series. Sizes in bytes, times in seconds. What is not known is undefined. */
export interface SeriesDay {
  readonly day: string;
  readonly levels: DayFigures['levels'];
  readonly answers: AnswerSummary;
  /** The newest of the backups made that day that are still kept. */
  readonly backup: { readonly bytes: number; readonly isProven: boolean } | undefined;
}

/** Answers in a few numbers; the times (seconds) are undefined where there was none. */
export interface AnswerSummary {
  readonly count: number;
  /** Half of them came within this time. */
  readonly median: number | undefined;
  /** Nineteen of twenty came within this time. */
  readonly slow: number | undefined;
}

/** The house over some days that end today, oldest first, each of them there; and what they come to. */
export interface HouseSeries {
  readonly now: number;
  readonly days: readonly SeriesDay[];
  readonly answers: AnswerSummary;
  readonly files: number;
  /** Backups made in these days that are still kept. */
  readonly backups: { readonly made: number; readonly proven: number };
  /** The newest backup of all, and the newest that was proven, by when they were made. */
  readonly newestBackup: { readonly madeAt: number; readonly isProven: boolean } | undefined;
  readonly newestProvenAt: number | undefined;
}

/**
 * Reads the last days (default: those of a picture) from the control store. Backups that are only known from a list, or
 * come from the future, do not count, as in health.
 */
export function houseSeries(
  { daily, backups }: Pick<Control, 'daily' | 'backups'>,
  now: number,
  count = SERIES_DAYS,
): HouseSeries {
  const days = lastDays(now, count);
  const known = new Map(daily.between(days[0]!, days.at(-1)!).map((figures) => [figures.day, figures]));
  const all = countingBackups(backups, now);
  const within = all.filter(({ madeAt }) => days.includes(dayOf(madeAt)));
  const figures = [...known.values()];
  const [newest] = all;
  return {
    now,
    days: days.map((day) => {
      const made = within.find(({ madeAt }) => dayOf(madeAt) === day);
      return {
        day,
        levels: known.get(day)?.levels ?? {},
        answers: summaryOf(known.get(day)?.answers ?? new Map()),
        backup: made && { bytes: made.bytes, isProven: made.provenAt !== null },
      };
    }),
    answers: summaryOf(addTimes(figures.map(({ answers }) => answers))),
    files: figures.reduce((sum, { files }) => sum + files, 0),
    backups: { made: within.length, proven: within.filter(({ provenAt }) => provenAt !== null).length },
    newestBackup: newest && { madeAt: newest.madeAt, isProven: newest.provenAt !== null },
    newestProvenAt: newestProven(all, now)?.madeAt,
  };
}

/** The values of a level over the days that know it, oldest first. */
export function levelsOf({ days }: Pick<HouseSeries, 'days'>, name: DailyLevel): number[] {
  return days.flatMap(({ levels }) => (levels[name] === undefined ? [] : [levels[name]]));
}

function summaryOf(times: AnswerTimes): AnswerSummary {
  return { count: countOf(times), median: percentile(times, 0.5), slow: percentile(times, 0.95) };
}
