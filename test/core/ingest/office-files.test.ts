import { readFileSync } from 'node:fs';
import * as XLSX from '@e965/xlsx';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { randomStream, testSeed } from '../../bot/random.ts';
import { makeEpub, makeOdf, makePptx, makeXlsx, shape, xlsxRows, zipOf } from '../extract/make-office.ts';
import { makeDocx, paragraph } from './make-docx.ts';
import { LIMITS, read, refusal } from './reading.ts';

const letter = readFileSync(new URL('../extract/samples/letter.doc', import.meta.url));
const odsCell = (text: string, more = '') => `<table:table-cell ${more}><text:p>${text}</text:p></table:table-cell>`;
const odsOf = (rows: string) => makeOdf('spreadsheet', `<table:table table:name="Blatt">${rows}</table:table>`);
const xlsOf = (rows: unknown[][]) => {
  const book = XLSX.utils.book_new();
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet(rows), 'Blatt');
  return XLSX.write(book, { type: 'buffer', bookType: 'xls' }) as Buffer;
};
const xlsxOf = (data: string) => makeXlsx([{ name: 'Blatt', data }]);

const HONEST: readonly (readonly [kind: string, bytes: Buffer])[] = [
  ['docx', makeDocx(paragraph('Grüße'))],
  ['doc', letter],
  ['odt', makeOdf('text', '<text:p>Grüße</text:p>')],
  [
    'rtf',
    Buffer.from(
      "{\\rtf1{\\fonttbl{\\f0\\fcharset238 A;}{\\f1\\fcharset128 B;}}Gr\\'fc\\'dfe {\\f0\\'b3}{\\f1\\'93\\'fa}}",
    ),
  ],
  ['pptx', makePptx([{ shapes: shape('title', ['Grüße']) }])],
  ['odp', makeOdf('presentation', '<draw:page><draw:text-box><text:p>Grüße</text:p></draw:text-box></draw:page>')],
  ['xlsx', xlsxOf(xlsxRows([['Grüße', 45336]]))],
  ['xls', xlsOf([['Grüße', 1]])],
  ['ods', odsOf(`<table:table-row>${odsCell('Grüße')}</table:table-row>`)],
  ['epub', makeEpub(['<p>Grüße</p>'])],
];

test.each(HONEST)('%s is read behind the sandbox, whatever it is called', async (kind, bytes) => {
  const text = await read(bytes, 'photo.jpg');
  expect(text.kind).toBe(kind);
  expect(text.pages.map((page) => page.text).join('\n')).toContain('Grüße');
});

/** A compound file with empty streams of these names. */
function oleOf(...names: string[]): Buffer {
  const file = XLSX.CFB.utils.cfb_new();
  for (const name of names) XLSX.CFB.utils.cfb_add(file, `/${name}`, Buffer.alloc(5000));
  return Buffer.from(XLSX.CFB.write(file, { type: 'buffer' }) as Uint8Array);
}

/** The letter with the mark of a password: the stream with the text begins where this number stands. */
function lockedDoc(): Buffer {
  const bytes = Buffer.from(letter);
  const start = bytes.indexOf(Buffer.from([0xec, 0xa5]));
  bytes.writeUInt16LE(bytes.readUInt16LE(start + 10) | 0x0100, start + 10);
  return bytes;
}

/** A workbook of two records: its beginning, and the one that says it is locked ([MS-XLS] 2.4.117). */
function lockedXls(): Buffer {
  const records = Buffer.alloc(5000);
  records.set([0x09, 0x08, 16, 0, 0, 6, 5, 0, 0xbb, 0x0d, 0xcc, 0x07], 0);
  records.set([0x2f, 0, 54, 0, 1, 0, 1, 0, 1, 0], 20);
  const file = XLSX.CFB.utils.cfb_new();
  XLSX.CFB.utils.cfb_add(file, '/Workbook', records);
  return Buffer.from(XLSX.CFB.write(file, { type: 'buffer' }) as Uint8Array);
}

const lockedOdt = makeOdf('text', '', {
  manifest: '<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>',
});

describe('a file behind a password says so', () => {
  test.each([
    ['Word, Excel and PowerPoint of today', oleOf('EncryptionInfo', 'EncryptedPackage')],
    ['old Word', lockedDoc()],
    ['old Excel', lockedXls()],
    ['OpenDocument', lockedOdt],
  ])('%s', async (_, bytes) => {
    expect(await refusal(bytes, 'a.docx')).toEqual({ reason: 'file-encrypted' });
  });
});

const BOMB =
  '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>';

/** An honest archive with one part changed. */
function withPart(bytes: Buffer, name: string, change: (text: string) => string): Buffer {
  const parts = Object.fromEntries(
    Object.entries(XLSX.CFB.read(bytes, { type: 'buffer' }).FullPaths).map(([i, path]) => [path, i]),
  );
  const file = XLSX.CFB.read(bytes, { type: 'buffer' });
  const files: Record<string, Uint8Array> = {};
  for (const [path, i] of Object.entries(parts)) {
    const entry = file.FileIndex[Number(i)]!;
    if (entry.type === 2) files[path.replace(/^[^/]*\//, '')] = Buffer.from(entry.content as Uint8Array);
  }
  files[name] = Buffer.from(change(Buffer.from(files[name]!).toString('utf8')));
  return zipOf(files);
}

const withEntities = (text: string) => text.replace('?>', `?>${BOMB}`).replace('Grüße', '&b;&x;');
const honest = (kind: string) => HONEST.find(([name]) => name === kind)![1];
const deep = '<text:span>'.repeat(100_000);

describe('a hostile file is refused with its reason', () => {
  test.each<[string, Buffer, object]>([
    [
      'entities in a sheet',
      withPart(honest('xlsx'), 'xl/worksheets/sheet1.xml', withEntities),
      { reason: 'file-damaged' },
    ],
    ['entities in a text', withPart(honest('odt'), 'content.xml', withEntities), { reason: 'file-damaged' }],
    [
      'entities in a slide',
      withPart(honest('pptx'), 'ppt/slides/slide1.xml', withEntities),
      { reason: 'file-damaged' },
    ],
    [
      'a document type, also one that declares nothing',
      withPart(honest('odt'), 'content.xml', (text) => text.replace('?>', '?><!DOCTYPE a>')),
      { reason: 'file-damaged' },
    ],
    ['elements without end', makeOdf('text', `<text:p>${deep}`), { reason: 'file-too-hard' }],
    ['groups without end', Buffer.from(`{\\rtf1 ${'{'.repeat(1_000_000)}`), { reason: 'file-too-hard' }],
    ['a sheet without cells', xlsxOf(''), { reason: 'file-no-text' }],
    ['old slides', oleOf('PowerPoint Document'), { reason: 'file-kind', kind: 'ppt' }],
    ['a compound file of nobody', oleOf('Unknown'), { reason: 'file-kind', kind: 'ole' }],
    [
      'noise behind the mark of a compound file',
      Buffer.concat([letter.subarray(0, 8), Buffer.alloc(2000, 0x41)]),
      { reason: 'file-kind', kind: 'ole' },
    ],
    [
      'slides without end',
      makePptx(Array.from({ length: 2001 }, () => ({ shapes: '' }))),
      { reason: 'file-too-many-pages', limit: 2000 },
    ],
    [
      'an archive of too many parts',
      zipOf({
        'word/document.xml': '<a/>',
        ...Object.fromEntries(Array.from({ length: 5001 }, (_, i) => [`p${i}`, ''])),
      }),
      { reason: 'file-too-hard' },
    ],
  ])('%s', async (_, bytes, expected) => {
    const outcome = await refusal(bytes, 'a.odt');
    expect(outcome).toEqual(expected);
  });

  test.each(HONEST.filter(([kind]) => !['rtf', 'doc', 'xls'].includes(kind)))('half of a %s', async (_, bytes) => {
    expect(await refusal(bytes.subarray(0, bytes.length >> 1), 'a')).toEqual({ reason: 'file-damaged' });
  });

  test('a part that holds more than it declares', async () => {
    const bytes = Buffer.from(xlsxOf(xlsxRows([['x'.repeat(100_000)]])));
    const name = Buffer.from('xl/worksheets/sheet1.xml');
    // The last place of the name is the archive's list; its field of the size stands 22 bytes before.
    bytes.writeUInt32LE(100, bytes.lastIndexOf(name) - 22);
    expect(await refusal(bytes, 'a.xlsx')).toEqual({ reason: 'file-damaged' });
  });
});

describe('a sheet of a million rows', () => {
  const rows = 1_048_576;
  // What becomes of it is asked here, not how busy the machine is.
  const limits = { ...LIMITS, extractSeconds: 200 };

  /** What became of it, and how long it took. */
  async function outcomeOf(name: string, bytes: Buffer): Promise<string> {
    const start = performance.now();
    const outcome = await read(bytes, 'a.xlsx', { limits }).then(
      ({ pages }) => `${pages.length} pages, ${pages[0]!.text.length} characters`,
      (error: unknown) => (error instanceof AppError ? error.reason! : String(error)),
    );
    console.log(
      `${name}, ${(bytes.length / 2 ** 20).toFixed(1)} MB: ${outcome} in ${Math.round(performance.now() - start)} ms`,
    );
    return outcome;
  }

  test('is refused', async () => {
    const data = Array.from({ length: rows }, (_, i) => `<row><c><v>${i % 9}</v></c></row>`).join('');
    expect(await outcomeOf('one column', xlsxOf(data))).toBe('file-too-much-text');
  });

  test('that repeats itself is said once', async () => {
    const row = `<table:table-row table:number-rows-repeated="1048576">${odsCell('x', 'table:number-columns-repeated="16384"')}</table:table-row>`;
    expect(await outcomeOf('repeated', odsOf(row))).toBe('1 pages, 10 characters');
  });

  test('with one cell in each row and column is listed', async () => {
    const place = (i: number) => {
      let letters = '';
      for (let n = i + 1; n > 0; n = Math.floor((n - 1) / 26))
        letters = String.fromCharCode(65 + ((n - 1) % 26)) + letters;
      return letters;
    };
    const data = Array.from(
      { length: 16_384 },
      (_, i) => `<row r="${i + 1}"><c r="${place(i)}${i + 1}"><v>1</v></c></row>`,
    );
    expect(await outcomeOf('diagonal', xlsxOf(data.join('')))).toBe(`1 pages, ${9 + 16_384 * 2 - 1} characters`);
  });

  test('that is empty but for its last corner, with merged cells all over', async () => {
    const data = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>';
    const merged = '<mergeCell ref="A1:XFD1048576"/>'.repeat(50_000);
    const book = makeXlsx([{ name: '__proto__', data, after: `<mergeCells>${merged}</mergeCells>` }]);
    expect(await outcomeOf('corner', book)).toBe(`1 pages, ${'# __proto__\n\n1'.length} characters`);
  });
});

test('files with flipped bits are read or refused', async () => {
  const seed = testSeed();
  console.log(`seed ${seed}`);
  const random = randomStream(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const outcomes: Record<string, number> = {};
  for (const [, honestBytes] of [...HONEST, ...HONEST]) {
    const bytes = Buffer.from(honestBytes);
    for (let i = pick(4); i >= 0; i--) bytes[8 + pick(bytes.length - 8)]! ^= 1 << pick(8);
    const outcome = await read(bytes, 'a').then(
      () => 'read',
      (error: unknown) => (error instanceof AppError ? error.reason! : `unexpected: ${String(error)}`),
    );
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  console.log(outcomes);
  for (const outcome of Object.keys(outcomes))
    expect(outcome).toMatch(/^(?:read|file-(?:damaged|kind|no-text|too-hard|encrypted))$/);
});
