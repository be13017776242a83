import { guessLanguage } from '../ask/guess-language.ts';
import type { Extractor } from '../ingest/extractor.ts';
import { type Component, plainValue, readComponents } from './content-lines.ts';
import { decodeText } from './decode-text.ts';
import { calendarWords } from './ics-words.ts';
import { RepeatReader } from './repeats.ts';
import { showMoment, showSpan } from './when.ts';

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
  const blocks = entries.map((entry) => entryText(entry, language, repeats));
  return [title && `# ${title}`, about, ...blocks].filter(Boolean).join('\n\n');
}

function entryText(entry: Component, language: string, repeats: RepeatReader): string {
  const words = calendarWords(language);
  const [start, end, due] = ['DTSTART', 'DTEND', 'DUE'].map((name) => entry.lines.find((line) => line.name === name));
  const title = oneLine(textOf(entry, 'SUMMARY'));
  const labelled = (label: string, value: string) => value && `${label}: ${value}`;
  return [
    title && `## ${title}`,
    /^CANCELLED$/i.test(textOf(entry, 'STATUS')) && words.cancelled,
    start && showSpan({ start, end, duration: textOf(entry, 'DURATION') }, language),
    due && labelled(words.due, showMoment(due, language)),
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
