import ICAL from 'ical.js';
import { type Component, plainValue } from './content-lines.ts';
import { calendarWords } from './ics-words.ts';
import { isoDay, type Moment, readMoment, showDay } from './when.ts';

const SHOWN_DATES = 6;
/** Steps of one series: a daily one that began ten years ago. */
const MOST_STEPS = 4000;
/** A step costs the library a fixed effort and one for each day, week, month or year of its interval. */
const STEP_COST = 20;
/** For all series of a file: some seconds of work. Those that come after are told in words only. */
const MOST_COST = 4_000_000;

const LONGEST_INTERVAL = 1000;

/** What repeats more often than daily is no appointment, and counting it up would take forever. */
const COUNTABLE = /^(?:DAILY|WEEKLY|MONTHLY|YEARLY)$/;

/** Says in words how entries of one file repeat (RFC 5545 3.3.10), and the dates that come next. */
export class RepeatReader {
  readonly #today: number;
  #cost = 0;

  constructor(now: Date) {
    this.#today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  }

  /** Lines for an entry; none when it does not repeat. */
  describe({ lines }: Component, language: string): string[] {
    const rule = plainValue(lines.find(({ name }) => name === 'RRULE')?.value ?? '').trim();
    if (rule === '') return [];
    const line = lines.find(({ name }) => name === 'DTSTART');
    const start = line && readMoment(line);
    const without = lines
      .filter(({ name }) => name === 'EXDATE')
      .flatMap(({ value, params }) => value.split(',').map((one) => readMoment({ value: one, params })?.time));
    const dates = start === undefined ? [] : this.#upcoming(rule, start, new Set(without));
    const shown = dates.map((time) => `${showDay(time, language)} (${isoDay(time)})`).join('; ');
    return [inWords(rule, language), shown && `${calendarWords(language).next}: ${shown}`].filter(Boolean);
  }

  #upcoming(rule: string, start: Moment, without: ReadonlySet<number | undefined>): number[] {
    const dates: number[] = [];
    try {
      const recur = ICAL.Recur.fromString(rule);
      if (!COUNTABLE.test(recur.freq) || recur.interval > LONGEST_INTERVAL) return [];
      const iterator = recur.iterator(ICAL.Time.fromJSDate(new Date(start.time), true));
      for (let step = 0; step < MOST_STEPS && this.#cost < MOST_COST && dates.length < SHOWN_DATES; step++) {
        this.#cost += STEP_COST + recur.interval;
        const next = iterator.next();
        if (!next) break;
        const time = next.toJSDate().getTime();
        if (time >= this.#today && !without.has(time)) dates.push(time);
      }
    } catch {
      // A rule that breaks the rules is shown in words only.
    }
    return dates;
  }
}

function inWords(rule: string, language: string): string {
  const words = calendarWords(language);
  const parts = new Map(rule.split(';').map((part) => part.split('=', 2) as [string, string]));
  const every = words.every[parts.get('FREQ') ?? '']?.(Number(parts.get('INTERVAL') ?? 1));
  const until = readMoment({ value: parts.get('UNTIL') ?? '', params: {} });
  return [
    every ?? '',
    until ? `${words.until} ${showDay(until.time, language)} (${isoDay(until.time)})` : '',
    parts.has('COUNT') ? words.times(Number(parts.get('COUNT'))) : '',
    `(${rule})`,
  ]
    .filter(Boolean)
    .join(' ');
}
