import { guessLanguage } from '../ask/guess-language.ts';
import type { Extractor } from '../ingest/extractor.ts';
import { type Component, plainValue, readComponents } from './content-lines.ts';
import { decodeText } from './decode-text.ts';
import { calendarWords } from './ics-words.ts';
import { RepeatReader } from './repeats.ts';
import { readMoment, type SpokenTime, showMoment, showSpan } from './when.ts';

const ENTRIES = new Set(['VEVENT', 'VTODO', 'VJOURNAL']);
/** Enough to tell the language that a calendar is kept in. */
const SAMPLE_ENTRIES = 30;

/** Calendars: an entry under its title, with its time in the calendar's own language, place and description as they were written. */
export const ics: Extractor = {
  kind: 'ics',
  extract(bytes, sink) {
    const calendars = readComponents(decodeText(bytes).replace(/^\ufeff/, ''));
    const repeats = new RepeatReader(new Date());
    const text = calendars.map((calendar) => calendarText(calendar, repeats)).join('\n\n');
    sink.page(null, text);
  },
};

function calendarText(calendar: Component, repeats: RepeatReader): string {
  const entries = calendar.parts.filter(({ name }) => ENTRIES.has(name));
  const sample = entries
    .slice(0, SAMPLE_ENTRIES)
    .map((entry) => `${textOf(entry, 'SUMMARY')}. ${textOf(entry, 'DESCRIPTION')}`);
  const language = guessLanguage(sample.join('\n')) ?? 'en';
  const title = oneLine(textOf(calendar, 'X-WR-CALNAME'));
  const about = textOf(calendar, 'X-WR-CALDESC');
  const zone = usualZone(entries);
  const blocks = entries.map((entry) => entryText(entry, { language, zone }, repeats));
  return [title && `# ${title}`, about, ...blocks].filter(Boolean).join('\n\n');
}

/** The time zone that most of the entries begin in, which goes without saying; "" when none is told. UTC is no place to live by. */
function usualZone(entries: readonly Component[]): string {
  const counts = new Map<string, number>();
  for (const { lines } of entries) {
    const start = lines.find(({ name }) => name === 'DTSTART');
    const zone = (start && readMoment(start)?.zone) ?? '';
    if (zone !== '' && zone !== 'UTC') counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return [...counts].reduce((most, next) => (next[1] > most[1] ? next : most), ['', 0])[0];
}

function entryText(entry: Component, spoken: SpokenTime, repeats: RepeatReader): string {
  const { language } = spoken;
  const words = calendarWords(language);
  const [start, end, due] = ['DTSTART', 'DTEND', 'DUE'].map((name) => entry.lines.find((line) => line.name === name));
  const title = oneLine(textOf(entry, 'SUMMARY'));
  const labelled = (label: string, value: string) => value && `${label}: ${value}`;
  return [
    title && `## ${title}`,
    /^CANCELLED$/i.test(textOf(entry, 'STATUS')) && words.cancelled,
    start && showSpan({ start, end, duration: textOf(entry, 'DURATION') }, spoken),
    due && labelled(words.due, showMoment(due, spoken)),
    ...repeats.describe(entry, language),
    oneLine(textOf(entry, 'LOCATION')),
    textOf(entry, 'DESCRIPTION').trim(),
    labelled(words.organizer, names(entry, 'ORGANIZER')),
    labelled(words.invited, names(entry, 'ATTENDEE')),
    textOf(entry, 'URL'),
  ]
    .filter(Boolean)
    .join('\n');
}

/** A property's text; "" when the component has none. */
function textOf({ lines }: Component, name: string): string {
  return plainValue(lines.find((line) => line.name === name)?.value ?? '');
}

/** People by name, or by address where there is none. */
function names({ lines }: Component, name: string): string {
  return lines
    .filter((line) => line.name === name)
    .map(({ params, value }) => params.CN ?? value.replace(/^mailto:/i, ''))
    .join(', ');
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
