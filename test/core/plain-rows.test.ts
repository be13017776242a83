import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { extract } from '../../bot/passage-extract.ts';
import type { ExtractedText, Passage } from '../../core/document.ts';
import { documentText } from '../../core/document-text.ts';
import { tableText } from '../../core/extract/table-text.ts';
import { splitPassages } from '../../core/ingest/split-passages.ts';
import { columnNames, endsInNames, plainRows } from '../../core/plain-rows.ts';
import { SEED, seededRandom } from './ask/random.ts';
import { makeXlsx, xlsxRows } from './extract/make-office.ts';
import { makeDocx, paragraph, table } from './ingest/make-docx.ts';
import { read } from './ingest/reading.ts';

const CORPUS = fileURLToPath(new URL('../../../shared/data/household-dev/files.tar', import.meta.url));
const ROWS = [
  ['Item', 'Weight (kg)', 'Who: gets it', 'Remark'],
  ['Clock (tall; old)', '41', 'Daniel', 'it strikes (loudly) at noon; and at one: twice'],
  ['Ring', '', 'Lena', 'x'.repeat(90)],
  ['Piano', '212', 'Oskar', 'word '.repeat(60).trim()],
];

/** What is kept of a file, as passages, and as `!show` and `!export` show it. */
function kept(file: ExtractedText): { passages: Passage[]; shown: string } {
  const passages = [...splitPassages(file)].map((draft, id) => ({ ...draft, id, document: 1, documentName: 'x' }));
  return { passages, shown: documentText(passages) };
}

if (!existsSync(CORPUS)) console.log('Left out: the shared data for this test are not here.');
describe('a row is shown once', () => {
  it.each([
    ['xlsx', () => makeXlsx([{ name: 'Things', data: xlsxRows(ROWS) }])],
    ['docx', () => makeDocx(paragraph('Things', 1) + table(ROWS) + paragraph('The list (of Ada: mine; yours) ends.'))],
  ])('of a table in %s, in !show, !export and quotes', async (kind, make) => {
    const { passages, shown } = kept(await read(make(), `things.${kind}`));
    for (const row of ROWS) expect(shown.split('\n')).toContain(row.map((cell) => cell || '–').join(' | '));
    expect(shown.match(/Daniel/g)).toHaveLength(1);
    expect(shown).not.toContain('Item: Clock');
    expect(passages.map(({ text }) => text).join('\n')).toContain('(Item: Clock (tall; old); Weight (kg): 41;');
    const { text } = passages.find((passage) => passage.text.includes('Daniel'))!;
    const start = text.indexOf('Clock');
    const quote = extract(text, { start, end: text.indexOf('\n', start) }, 320);
    expect(quote.before).toContain(`${ROWS[0]!.join(' | ')}\n`);
    expect(quote.best).toBe(ROWS[1]!.join(' | '));
    expect(quote.after.split('\n').slice(0, 2)).toEqual(['', `Ring | – | Lena | ${'x'.repeat(90)}`]);
  });

  it.skipIf(!existsSync(CORPUS))('of a table in a real PDF, which has its cells alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-rows-'));
    execFileSync('tar', ['-xf', CORPUS, '-C', folder, 'files/tarifas_cuenta_faro.pdf']);
    const bytes = readFileSync(join(folder, 'files/tarifas_cuenta_faro.pdf'));
    rmSync(folder, { recursive: true });
    const { passages, shown } = kept(await read(bytes, 'tarifas.pdf'));
    const rows = passages.flatMap(({ text }) => text.split('\n')).filter((line) => line.includes(' | '));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(shown.split('\n')).toContain(row);
  });
});

it(`gives back the cells of any table, and nothing less (seed ${SEED})`, () => {
  const random = seededRandom(SEED);
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)]!;
  const words = ['Ada', '12', '(old)', 'a: b', 'one; two', 'x (y)', '3', 'Größe (cm): 12', 'z'.repeat(70)];
  for (let round = 0; round < 400; round++) {
    const columns = 3 + Math.floor(random() * 4);
    const cell = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(words)).join(' ');
    const head = Array.from({ length: columns }, (_, i) => `${pick(['Name', 'Wert (EUR)', 'Who: what'])} ${i}`);
    const body = Array.from({ length: 3 }, () => head.map(() => cell()));
    const [, ...lines] = plainRows(tableText({ rows: [head, ...body], headerRows: 1 })).split('\n');
    expect(lines).toEqual(body.map((row) => row.join(' | ').replace(/\s+/g, ' ')));
  }
});

it.each([
  'Call Mr Sands (mobile: 0770 11; office: 0771 12)',
  'Tea | 4 (as we said: four; not five)',
  'Mor | Aşırı ısınma (kod H2) | 45 dakika',
  'See the list (Item: Clock; Mark: 4)',
  '',
])('leaves brackets that a person wrote: %j', (text) => expect(plainRows(text)).toBe(text));

it('puts a row together again that was cut between two passages', () => {
  const row = 'Clock | No. 417 | Daniel (Item: Clock; Mark: No. 417; Who gets it: Daniel)';
  const page = `Item | Mark | Who gets it\n${row}\nRing | No. 2 | Lena (Item: Ring; Mark: No. 2; Who gets it: Lena)`;
  const passage = (id: number, start: number, end: number): Passage => {
    const place = { id, document: 1, documentName: 'x', position: id, page: null, heading: '', start, end };
    return { ...place, text: page.slice(start, end) };
  };
  for (const cut of [page.indexOf(' No. 417;'), page.indexOf(' Who gets it: Daniel'), page.indexOf(' Mark: No. 417')]) {
    expect(documentText([passage(0, 0, cut), passage(1, cut + 1, page.length)])).toBe(
      'Item | Mark | Who gets it\nClock | No. 417 | Daniel\nRing | No. 2 | Lena\n',
    );
  }
});

describe('the last row of a text', () => {
  const row = 'Clock | No. 417 | Daniel (Item: Clock; Mark: No. 417; Who gets it: Daniel)';
  const names = row.indexOf(' (');

  it('loses what is there of its names, wherever it is cut within them', () => {
    for (let cut = row.indexOf('Clock;'); cut < row.length; cut++) {
      expect(plainRows(`Ring | No. 2 | Lena\n${row.slice(0, cut + 1)}`), `${cut}`).toBe(
        `Ring | No. 2 | Lena\n${row.slice(0, names)}`,
      );
    }
    // Not cut off, since more stands below: what a person wrote.
    const written = `${row.slice(0, row.indexOf(' Who gets'))}\nRing`;
    expect(plainRows(written)).toBe(written);
  });

  it.each([
    [row.slice(0, row.indexOf(' Who gets')), true],
    [`Piano\n${row.slice(0, row.indexOf(' No. 417;'))}`, true],
    [row, false],
    [row.slice(0, names), false],
    [`${row.slice(0, row.indexOf(' Who gets'))}\nThe list ends.`, false],
    ['The list ends here (as was said: twice', false],
    ['Clock (Item: Clock; Mark', false],
    ['', false],
  ])('%j ends within names: %s', (text, isSo) => expect(endsInNames(text)).toBe(isSo));
});

describe('the names of a row’s columns', () => {
  const row = (head: string[], cells: string[]) =>
    tableText({ rows: [head, cells], headerRows: 1 })
      .split('\n')
      .at(-1)!;

  it.each([
    [ROWS[0]!, ROWS[1]!, ROWS[0]!],
    [ROWS[0]!, ROWS[2]!, ['Item', 'Who: gets it', 'Remark']],
    [ROWS[0]!, [...ROWS[3]!.slice(0, 2), 'word '.repeat(60).trim(), 'Oskar'], ROWS[0]!],
    [
      ['Item', '', 'Price', 'Place'],
      ['Clock', 'old', '41', 'hall'],
      ['Item', 'Price', 'Place'],
    ],
    [['Item', 'Price', ''], ['Clock', '41', 'old'], []],
  ])('%j above %j', (head, cells, names) => expect(columnNames(row(head, cells))).toEqual(names));

  it.each(['Clock | No. 417', 'Clock (Item: old)', ''])('are none where a row has none: %j', (text) =>
    expect(columnNames(text)).toEqual([]));
});
