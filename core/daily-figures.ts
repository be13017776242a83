import type { AnswerTimes } from './answer-times.ts';

/**
 * What is measured now and then: the last measurement of a day stands for it. Sizes in bytes. `failedLogins`: those of the
 * 24 hours before, so at the end of a day those of the day.
 */
export const DAILY_LEVELS = ['diskFreeBytes', 'diskBytes', 'stateBytes', 'failedLogins'] as const;
export type DailyLevel = (typeof DAILY_LEVELS)[number];

/** One day of the house: counts, sizes and times, of everybody together. */
export interface DayFigures {
  /** By the machine's clock and time zone, `2026-11-29`. */
  readonly day: string;
  /** A level that is missing was not measured that day. */
  readonly levels: Readonly<Partial<Record<DailyLevel, number>>>;
  /** Files that were read and kept. */
  readonly files: number;
  readonly answers: AnswerTimes;
}

/** How long the daily figures are kept. */
export const DAILY_KEPT_DAYS = 400;

/**
 * Figures of the house by day, for `!status` and the digest; nothing in them tells who did what. Implemented by core/sqlite
 * in control.db. ops notes levels, the bot what it did.
 */
export interface DailyFigures {
  /** Measured at a time (milliseconds since 1970); replaces what that day had. */
  note(at: number, levels: DayFigures['levels']): void;
  /** An answer was given, after so many seconds. */
  noteAnswer(at: number, seconds: number): void;
  /** A file was kept. */
  noteFile(at: number): void;
  /** What is known of the days from one to another, both included, oldest first; days of which nothing is known are missing. */
  between(first: string, last: string): DayFigures[];
  /** Removes the days that ended before a time. Returns how many. */
  removeBefore(time: number): number;
}

/** The day of a time (milliseconds since 1970) by the machine's clock: `2026-11-29`. */
export function dayOf(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The last `count` days, the day of `now` included, oldest first. By noon: a day may have 23 or 25 hours. */
export function lastDays(now: number, count: number): string[] {
  const today = new Date(now);
  return Array.from({ length: count }, (_, index) => {
    const back = count - 1 - index;
    return dayOf(new Date(today.getFullYear(), today.getMonth(), today.getDate() - back, 12).getTime());
  });
}

/** Noon of a day, milliseconds since 1970: for writing its date. */
export function noonOf(day: string): number {
  return new Date(`${day}T12:00:00`).getTime();
}
