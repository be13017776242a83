import type { ContentLine } from './content-lines.ts';

/** A calendar's moment: wall-clock fields as a UTC time in milliseconds, so that they can be counted with. */
export interface Moment {
  readonly time: number;
  /** False for whole days. */
  readonly timed: boolean;
  /** Name of the time zone as the calendar gives it, "UTC", or "" for wherever one is. */
  readonly zone: string;
}

const DAY_MS = 86_400_000;

/** DATE and DATE-TIME values (RFC 5545 3.3.4, 3.3.5); undefined for anything else. */
export function readMoment({ value, params }: Pick<ContentLine, 'value' | 'params'>): Moment | undefined {
  const [, date, clock, utc] = /^\s*(\d{8})(?:T(\d{6}))?(Z)?\s*$/.exec(value) ?? [];
  if (date === undefined) return undefined;
  const at = (text: string, from: number, to: number) => Number(text.slice(from, to));
  const time = Date.UTC(at(date, 0, 4), at(date, 4, 6) - 1, at(date, 6, 8), ...clockOf(clock));
  return { time, timed: clock !== undefined, zone: utc ? 'UTC' : (params.TZID ?? '').replace(/^\//, '') };
}

function clockOf(clock = '000000'): [number, number, number] {
  return [Number(clock.slice(0, 2)), Number(clock.slice(2, 4)), Number(clock.slice(4, 6))];
}

/** How times are said: in which language, and the time zone that goes without saying ("": none does). */
export interface SpokenTime {
  readonly language: string;
  readonly zone: string;
}

/** A moment in words and figures: "Saturday 7 December 2024, 17:30 (Europe/Berlin, 2024-12-07)"; as it stands when it is none. */
export function showMoment(line: ContentLine, spoken: SpokenTime): string {
  const moment = readMoment(line);
  if (moment === undefined) return line.value;
  return `${dayAndClock(moment, spoken.language)} (${remarks(moment, spoken)})`;
}

/** From when to when. The end of whole days is the day after (RFC 5545 3.6.1), which no person would say. */
export function showSpan(
  { start, end, duration }: { start: ContentLine; end: ContentLine | undefined; duration: string },
  spoken: SpokenTime,
): string {
  const { language } = spoken;
  const from = readMoment(start);
  if (from === undefined) return start.value;
  const to = endOf(from, end, duration);
  if (to === undefined) return showMoment(start, spoken);
  const sameDay = Math.floor(from.time / DAY_MS) === Math.floor(to.time / DAY_MS);
  if (!sameDay) return `${dayAndClock(from, language)} – ${dayAndClock(to, language)} (${remarks(from, spoken)})`;
  if (!from.timed) return showMoment(start, spoken);
  return `${dayAndClock(from, language)}–${clockText(to)} (${remarks(from, spoken)})`;
}

function endOf(from: Moment, end: ContentLine | undefined, duration: string): Moment | undefined {
  const to = end && readMoment(end);
  const time = to?.time ?? from.time + durationMs(duration);
  const shown = from.timed ? time : time - DAY_MS;
  return shown > from.time ? { ...from, time: shown } : undefined;
}

/** RFC 5545 3.3.6; 0 for anything else. */
function durationMs(text: string): number {
  const parts = /^\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?$/.exec(
    text.trim(),
  );
  const [weeks, days, hours, minutes, seconds] = (parts ?? []).slice(1).map((part) => Number(part ?? 0));
  return parts === null ? 0 : ((weeks! * 7 + days!) * 24 + hours!) * 3_600_000 + (minutes! * 60 + seconds!) * 1000;
}

function dayAndClock(moment: Moment, language: string): string {
  const day = showDay(moment.time, language);
  return moment.timed ? `${day}, ${clockText(moment)}` : day;
}

/** The day in words of that language; the British order for English. `time` counts wall-clock milliseconds. */
export function showDay(time: number, language: string): string {
  if (Number.isNaN(new Date(time).getTime())) return '';
  const known = FORMATS.get(language);
  const format =
    known ?? new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'full', timeZone: 'UTC' });
  FORMATS.set(language, format);
  return format.format(time);
}

/** Making one costs a hundred times as much as using it. */
const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** `time` as 2024-12-07. */
export function isoDay(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
}

function clockText({ time }: Moment): string {
  return Number.isNaN(time) ? '' : new Date(time).toISOString().slice(11, 16);
}

function remarks({ time, zone }: Moment, spoken: SpokenTime): string {
  return [zone === spoken.zone ? '' : zone, isoDay(time)].filter(Boolean).join(', ');
}
