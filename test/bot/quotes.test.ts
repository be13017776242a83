import { expect, test } from 'vitest';
import { makeDocx, paragraph } from '../core/ingest/make-docx.ts';
import { makePlacedPdf } from '../core/ingest/make-pdf.ts';
import { shownAnswer } from './shown-answer.ts';

// What is quoted of real files, as a person sees it.

const CALENDAR = [
  'BEGIN:VCALENDAR',
  'X-WR-CALNAME:Choir',
  ...[
    ['Dress rehearsal', '20241207T173000', 'Church', 'Please bring your own music stand.\\nDoors open at five.'],
    ['Christmas concert', '20241221T190000', 'Town hall', 'White shirts are worn. The bus leaves at six.'],
    ['Annual meeting', '20250118T180000', 'Golden Lion', 'The board is elected. Dinner is at eight.'],
  ].flatMap(([title, start, place, about]) => [
    'BEGIN:VEVENT',
    `DTSTART:${start}`,
    `SUMMARY:${title}`,
    `LOCATION:${place}`,
    `DESCRIPTION:${about}`,
    'END:VEVENT',
  ]),
  'END:VCALENDAR',
].join('\r\n');

test('of a calendar names its entry as the source, and ends with it', async () => {
  const shown = await shownAnswer([{ name: 'choir.ics', bytes: CALENDAR }], 'When does the bus leave?');
  expect(shown).toContain('**[1] choir.ics, Choir › Christmas concert**');
  expect(shown).toMatch(/\*\*The bus leaves at six\.\*\*”/);
  expect(shown).not.toMatch(/Annual meeting|Golden Lion/);
});

const LETTER = [
  'The rent rises by forty euros from the first of March.',
  'Please change your standing order in good time.',
];
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';

/** A letter of Word with a running title above its pages and the number of the page below them. */
function wordLetter(): Buffer {
  const links = ['header', 'footer'].map(
    (type) => `<Relationship Id="${type}" Type="${RELATIONS}/${type}" Target="${type}1.xml"/>`,
  );
  return makeDocx(LETTER.map((text) => paragraph(text)).join(''), {
    'word/_rels/document.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${links.join('')}</Relationships>`,
    'word/header1.xml': `<w:hdr ${W}>${paragraph('Lindenhof Housing Society, Elm Road 4')}</w:hdr>`,
    'word/footer1.xml': `<w:ftr ${W}>${paragraph('A member of the housing union')}${paragraph('Page 1 of 2')}</w:ftr>`,
  });
}

/** The same letter on two pages of a PDF. */
function printedLetter(): Buffer {
  return makePlacedPdf(
    [1, 2].map((number) => [
      { x: 50, y: 800, text: 'Lindenhof Housing Society, Elm Road 4' },
      ...LETTER.map((text, line) => ({ x: 50, y: 700 - 14 * line, text: number === 1 ? text : `Copy: ${line}` })),
      { x: 50, y: 50, text: 'A member of the housing union' },
      { x: 50, y: 36, text: `Page ${number} of 2` },
    ]),
  );
}

test.each([
  ['a Word letter', 'letter.docx', wordLetter],
  ['a printed letter', 'letter.pdf', printedLetter],
])('of %s leaves out what stands in the margins of its pages, which is found all the same', async (_, name, make) => {
  const files = [{ name, bytes: make() }];
  const rent = await shownAnswer(files, 'By how much does the rent rise?');
  expect(rent).toContain(
    '“**The rent rises by forty euros from the first of March.** Please change your standing order',
  );
  expect(rent).not.toMatch(/Lindenhof|housing union|Page 1 of/);
  const society = await shownAnswer(files, 'What does the Lindenhof housing society say of the rent?');
  expect(society).toContain('“**The rent rises by forty euros');
  expect(await shownAnswer(files, 'What is the address of Lindenhof?')).toContain('Elm Road 4');
});

test('of a letter with a letterhead leaves that out, unless it is asked for', async () => {
  const head = 'Hofer Heating Ltd, www.hofer.test, Tel. 0417 2233';
  const body = 'The boiler was serviced in May. The next service is due in October.';
  const files = [{ name: 'boiler.txt', bytes: `${head}\n\n${body}\n\nIBAN CH93 0076 2011, BIC HOFECH22\n` }];
  const shown = await shownAnswer(files, 'When is the next service of the boiler due?');
  expect(shown).toContain('“The boiler was serviced in May. **The next service is due in October.**”');
  expect(await shownAnswer(files, 'What is the phone number of Hofer?')).toContain('0417 2233');
});

test('shows no rows of signs', async () => {
  const text =
    'Menu of the week\n\n• • • •\n\nOn Monday there is soup.\n\n* * * * *\n\nOn Friday there is fish. . . . . . page 7';
  const shown = await shownAnswer([{ name: 'menu.txt', bytes: text }], 'What is there on Friday?');
  expect(shown).toContain('fish');
  expect(shown).not.toMatch(/[•*] ?\\?[•*] ?\\?[•*]|\. \. \./);
});

const LETTERS = {
  name: 'scan.txt',
  bytes: 'Dear Ada. The boiler was serviced in May. The next service is due in October.\n\nYours, Hofer.',
  note: 'from aunt Frieda about the boiler',
};
const CHOIR = { name: 'choir.txt', bytes: 'The choir meets on Tuesday. The hall is warm.' };

test('of a file whose note was found says what the note is, and quotes the file itself', async () => {
  const shown = await shownAnswer([LETTERS, CHOIR], 'What did aunt Frieda write about the boiler?');
  expect(shown).toContain('**[1] scan.txt**\n“Dear Ada. **The boiler was serviced in May.**');
  expect(shown).toContain('Hofer.”\nYour note with it: “from aunt Frieda about the boiler”\n\n**[2] choir.txt**');
});

/** Long letters about different things; one of them names another's. */
const PAPERS = ['boiler', 'choir', 'garden', 'school', 'bicycle', 'piano', 'dentist', 'library', 'harbour'].map(
  (about) => ({
    name: `${about}.txt`,
    bytes: Array.from(
      { length: 12 },
      (_, n) =>
        `In the year ${2001 + n} the ${about} was looked at by everybody${about === 'choir' && n === 3 ? ', the piano too' : ''}.`,
    ).join(' '),
  }),
);
const TOOLS = Array.from(
  { length: 60 },
  (_, n) => `Hammer ${n},Shelf ${n % 7} in the cellar of the old house,bought second hand and repaired in ${1950 + n}`,
);

test.each([
  ['a clear hit', PAPERS, 'Who looked at the piano in 2005?'],
  [
    'a row, rows of the same table',
    [...PAPERS, { name: 'tools.csv', bytes: `Tool,Place,Remark\n${TOOLS.join('\n')}` }],
    'Which hammers are in the cellar?',
  ],
])('behind %s are short', async (_, files, question) => {
  const [first, ...others] = (await shownAnswer(files, question))
    .split('\n\n')
    .slice(1)
    .map((part) => part.length);
  expect(first).toBeGreaterThan(280);
  expect(others).toHaveLength(2);
  for (const length of others) expect(length).toBeLessThan(220);
});
