import { describe, expect, test, vi } from 'vitest';
import { ics } from '../../../core/extract/ics.ts';
import { vcf } from '../../../core/extract/vcf.ts';
import type { ExtractContext, Extractor } from '../../../core/ingest/extractor.ts';

const CONTEXT: ExtractContext = {
  limits: { pages: 10, characters: 1e6 },
  extension: '',
  password: undefined,
  members: { read: () => Promise.reject(new Error('no members')), unreadable: () => {} },
  ocr: undefined,
};

/** The text of the only page that an extractor makes of these lines. */
function textOf(extractor: Extractor, lines: readonly string[]): string {
  const pages: string[] = [];
  const sink = {
    page: (_: string | null, text: string) => pages.push(text),
    unreadable: () => {},
    damaged: () => {},
    scanned: () => {},
    progress: () => {},
  };
  void extractor.extract(Buffer.from(lines.join('\r\n')), sink, CONTEXT);
  expect(pages).toHaveLength(1);
  // Versions of Node differ in the comma behind an English weekday.
  return pages[0]!.replaceAll('day, ', 'day ');
}

const calendar = (...lines: string[]) => textOf(ics, ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR', '']);
const event = (...lines: string[]) => calendar('BEGIN:VEVENT', ...lines, 'END:VEVENT');

describe('a calendar', () => {
  test('tells time, place and description in its own language, folded lines joined and escapes undone', () => {
    const text = calendar(
      'X-WR-CALNAME:Liederkranz',
      'BEGIN:VTIMEZONE',
      'TZID:Europe/Berlin',
      'END:VTIMEZONE',
      'BEGIN:VEVENT',
      'DTSTART;TZID=Europe/Berlin:20241207T173000',
      'DTEND;TZID=Europe/Berlin:20241207T200000',
      'SUMMARY:Generalprobe',
      'LOCATION:Sankt-Wendelin-Kirche\\, Chorraum',
      'DESCRIPTION:Konzertkleidung nicht nötig. Anspielprobe der Solisten ist vo',
      ' r der Probe.\\nBitte pünktlich sein.',
      'ORGANIZER;CN="Ziesemer, Hannelore":mailto:h@chor.test',
      'BEGIN:VALARM',
      'DESCRIPTION:Reminder',
      'END:VALARM',
      'END:VEVENT',
    );
    expect(text).toBe(
      [
        '# Liederkranz',
        '',
        '## Generalprobe',
        'Samstag, 7. Dezember 2024, 17:30–20:00 (2024-12-07)',
        'Sankt-Wendelin-Kirche, Chorraum',
        'Konzertkleidung nicht nötig. Anspielprobe der Solisten ist vor der Probe.',
        'Bitte pünktlich sein.',
        'Veranstalter: Ziesemer, Hannelore',
      ].join('\n'),
    );
  });

  test.each([
    [
      'days',
      ['DTSTART;VALUE=DATE:20250529', 'DTEND;VALUE=DATE:20250602'],
      'Thursday 29 May 2025 – Sunday 1 June 2025 (2025-05-29)',
    ],
    ['one day', ['DTSTART;VALUE=DATE:20250529', 'DTEND;VALUE=DATE:20250530'], 'Thursday 29 May 2025 (2025-05-29)'],
    [
      'a night',
      ['DTSTART:20250529T220000Z', 'DURATION:PT4H'],
      'Thursday 29 May 2025, 22:00 – Friday 30 May 2025, 02:00 (UTC, 2025-05-29)',
    ],
    ['no end', ['DTSTART:20250529T220000'], 'Thursday 29 May 2025, 22:00 (2025-05-29)'],
    ['no date at all', ['DTSTART:soon'], 'soon'],
  ])('tells %s', (_, lines, when) => {
    expect(event('SUMMARY:Trip', ...lines)).toBe(`## Trip\n${when}`);
  });

  test('says how an entry repeats, and the dates to come without those that were taken out', () => {
    vi.useFakeTimers({ now: new Date('2026-03-04T12:00:00Z') });
    try {
      const text = event(
        'SUMMARY:Choir',
        'DTSTART;TZID=Europe/London:20240905T193000',
        'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;UNTIL=20260410T000000Z',
        'EXDATE;TZID=Europe/London:20260319T193000',
      );
      expect(text.split('\n').slice(2)).toEqual([
        'Every 2 weeks until Friday 10 April 2026 (2026-04-10) (FREQ=WEEKLY;INTERVAL=2;BYDAY=TH;UNTIL=20260410T000000Z)',
        'Next: Thursday 5 March 2026 (2026-03-05); Thursday 2 April 2026 (2026-04-02)',
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    'FREQ=DAILY;INTERVAL=99999999999',
    'FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'nonsense',
  ])('does not count without end (%s)', (rule) => {
    expect(event('SUMMARY:Trap', 'DTSTART:19000101T000000', `RRULE:${rule}`)).toContain(`(${rule})`);
  });

  test('cut off in the middle is read as far as it goes', () => {
    const text = textOf(ics, [
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      'SUMMARY:Dentist',
      'no line at all',
      'LOCATION:Praxis Dr',
    ]);
    expect(text).toBe('## Dentist\nPraxis Dr');
  });
});

describe('an address book', () => {
  test('gives a card for each person, in every version', () => {
    const text = textOf(vcf, [
      'BEGIN:VCARD',
      'VERSION:4.0',
      'FN:Doctor Jane Okonjo',
      'N:Okonjo;Jane;;Dr.;',
      'ORG:Praxis am Markt;Reception',
      'item1.TEL;TYPE=work,voice:+49 30 123',
      'EMAIL;PREF=1:jane@praxis.test',
      'ADR;TYPE=home:;;Mühlgasse 21;Dämmerode;;97631;Germany',
      'BDAY:19701224',
      'PHOTO:data:image/jpeg;base64,AAAA',
      'NOTE:Closed on\\nWednesdays',
      'END:VCARD',
      'BEGIN:VCARD',
      'VERSION:2.1',
      'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BC=',
      'rgen',
      'TEL;CELL:0171 55',
      'END:VCARD',
    ]);
    expect(text).toBe(
      [
        '## Doctor Jane Okonjo',
        'Organization: Praxis am Markt, Reception',
        'Phone (work): +49 30 123',
        'Email: jane@praxis.test',
        'Address (home): Mühlgasse 21, Dämmerode, 97631, Germany',
        'Birthday: 19701224',
        'Note: Closed on',
        'Wednesdays',
        '',
        '## Jürgen Müller',
        'Phone (cell): 0171 55',
      ].join('\n'),
    );
  });
});
