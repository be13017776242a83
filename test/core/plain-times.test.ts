import { expect, it } from 'vitest';
import { extract } from '../../bot/passage-extract.ts';
import { plainTimes } from '../../core/plain-times.ts';

it.each([
  ['Samstag, 7. Dezember 2024, 17:30–20:00 (2024-12-07)', 'Samstag, 7. Dezember 2024, 17:30–20:00'],
  ['Saturday 7 December 2024, 17:30 (Asia/Tokyo, 2024-12-07)', 'Saturday 7 December 2024, 17:30 (Asia/Tokyo)'],
  ['Sunday 14 July 2024 (2024-07-14)\nDear all', 'Sunday 14 July 2024\nDear all'],
  ['Every week (FREQ=WEEKLY;BYDAY=MO)', 'Every week'],
])('shows %j as %j', (kept, shown) => expect(plainTimes(kept)).toBe(shown));

it.each([
  'The paper (2024-07-14)',
  'Signed in July 2024 (2024-07-14)',
  '2024-07-14 (2024-07-14)',
  'See (2024-07)',
])('leaves what says something new: %j', (text) => expect(plainTimes(text)).toBe(text));

it('keeps the title of an event with its lines, and no machine text', () => {
  const event = (title: string, day: number) =>
    `## ${title}\nSamstag, ${day}. Dezember 2024, 17:30–20:00 (2024-12-0${day})\nKirche\nBitte warm anziehen. Die Heizung läuft erst am Abend davor.`;
  const text = [event('Hauptprobe', 5), event('Generalprobe', 7), event('Konzert', 8)].join('\n\n');
  const start = text.lastIndexOf('Die Heizung', text.indexOf('Konzert'));
  const { before } = extract(text, { start, end: text.indexOf('\n', start) }, 200);
  expect(before).toBe('… Generalprobe Samstag, 7. Dezember 2024, 17:30–20:00 Kirche Bitte warm anziehen.');
});
