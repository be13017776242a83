import { code } from '../../core/wording/markdown.ts';
import type { ScheduleWords } from '../wording/facts/jobs.ts';

/**
 * A cron expression as far as it can be said in words ("daily at 03:15"); any other as it is written. undefined: nobody
 * knows it; empty: off.
 */
export function scheduleWords(expression: string | undefined): ScheduleWords {
  if (expression === undefined) return { kind: 'unknown' };
  if (expression === '') return { kind: 'off' };
  const written: ScheduleWords = { kind: 'cron', expression: code(expression) };
  const [minute = '', hour = '', date = '', month = '', day = '', ...more] = expression.split(/\s+/);
  if (month !== '*' || more.length > 0) return written;
  const every = /^\*\/(\d+)$/.exec(minute)?.[1] ?? (minute === '*' ? '1' : undefined);
  if (every !== undefined && 60 % Number(every) === 0 && [hour, date, day].every((field) => field === '*'))
    return { kind: 'minutes', every: Number(every) };
  if (!isNumber(minute)) return written;
  if (hour === '*' && date === '*' && day === '*') return { kind: 'hourly', minute: Number(minute) };
  if (!isNumber(hour)) return written;
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (date === '*' && day === '*') return { kind: 'daily', time };
  if (date === '*' && /^[0-7]$/.test(day)) return { kind: 'weekly', time, day: Number(day) % 7 };
  if (isNumber(date) && day === '*') return { kind: 'monthly', time, date: Number(date) };
  return written;
}

function isNumber(field: string): boolean {
  return /^\d{1,2}$/.test(field);
}
