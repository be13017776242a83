import * as XLSX from '@e965/xlsx';
import { describe, expect, test } from 'vitest';
import { csv } from '../../../core/extract/csv.ts';
import { ods } from '../../../core/extract/ods.ts';
import { sniff } from '../../../core/extract/sniff.ts';
import { xls } from '../../../core/extract/xls.ts';
import { xlsx } from '../../../core/extract/xlsx.ts';
import { extracted } from './extracted.ts';
import { makeOdf, makeXlsx, xlsxRows } from './make-office.ts';

describe('XLSX', () => {
  test('makes a page of every sheet with text, hidden ones too, under its name', async () => {
    const book = makeXlsx([
      { name: 'Umzug &amp; Kosten', data: xlsxRows([['Was', 'Preis'], ['LKW', 120]]) }, // biome-ignore format: one line
      { name: 'Leer', data: '' },
      { name: 'Sheet3', data: xlsxRows([['PIN', 4417]]), state: 'veryHidden' },
    ]);
    expect(await extracted(xlsx, book)).toEqual([
      { label: 'Umzug & Kosten', text: '# Umzug & Kosten\n\nWas | Preis\nLKW | 120' },
      { label: 'Sheet3', text: 'PIN | 4417' },
    ]);
  });

  test('shows dates, amounts, percentages and times as people see them', async () => {
    const formats = ['dd.mm.yyyy', '#,##0.00\\ "€"', '0.0%', 'hh:mm', '14', '22', '@', '[Red]0;;;'];
    const values = [45336, 1234.5, 0.125, 0.75, 45336, 45336.5, 7, 3];
    const cells = values.map((value, i) => `<c s="${i}"><v>${value}</v></c>`).join('');
    const [page] = await extracted(xlsx, makeXlsx([{ name: 'Sheet1', data: `<row>${cells}</row>` }], { formats }));
    expect(page!.text).toBe('14.02.2024 | 1,234.50 € | 12.5% | 18:00 | 2024-02-14 | 2024-02-14 12:00 | 7 | 3');
  });

  test('counts days from 1904 where the workbook does', async () => {
    const book = makeXlsx([{ name: 'S', data: '<row><c s="0"><v>43874</v></c></row>' }], {
      formats: ['14'],
      date1904: true,
    });
    expect((await extracted(xlsx, book))[0]!.text).toBe('# S\n\n2024-02-14');
  });

  test('takes stored values of formulas, shared and rich texts, truth values; no errors, no readings', async () => {
    const strings = [
      'plain',
      '<r><t>rich </t></r><r><t xml:space="preserve">text</t></r><rPh><t>reading</t></rPh>',
      'a_x000D_b',
    ];
    const data =
      '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c><f>SUM(A1:A9)</f><v>42</v></c><c t="str"><f>A1</f><v>word</v></c>' +
      '<c t="b"><v>1</v></c><c t="e"><v>#DIV/0!</v></c><c t="s"><v>2</v></c><c t="s"><v>99</v></c><c t="s"><v>__proto__</v></c></row>';
    const [page] = await extracted(xlsx, makeXlsx([{ name: 'Sheet1', data }], { strings }));
    expect(page!.text).toBe('plain | rich text | 42 | word | TRUE | a b');
  });

  test('keeps several tables apart, each under its own header, and merged cells for every row', async () => {
    const data =
      xlsxRows([['Kurse 2024'], ['Kurs', 'Tag', 'Zeit'], ['Yoga', 'Mo', 18], [undefined, 'Mi', 19]]) +
      xlsxRows(
        [
          ['Kind', 'Alter', 'Gruppe'],
          ['Ada', 3, 'Igel'],
        ],
        7,
      ) +
      xlsxRows([['Ben', 4, 'Igel']], 10);
    const after = '<mergeCells><mergeCell ref="A3:A4"/><mergeCell ref="nonsense"/></mergeCells>';
    const [page] = await extracted(xlsx, makeXlsx([{ name: 'Tabelle1', data, after }]));
    expect(page!.text).toBe(
      [
        'Kurse 2024\nKurs | Tag | Zeit\nYoga | Mo | 18 (Kurs: Yoga; Tag: Mo; Zeit: 18)\nYoga | Mi | 19 (Kurs: Yoga; Tag: Mi; Zeit: 19)',
        'Kind | Alter | Gruppe\nAda | 3 | Igel (Kind: Ada; Alter: 3; Gruppe: Igel)',
        // Goes on below an empty row.
        'Ben | 4 | Igel (Kind: Ben; Alter: 4; Gruppe: Igel)',
      ].join('\n\n'),
    );
  });

  test('finds cells in the last corner of a sheet', async () => {
    const data = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>';
    expect((await extracted(xlsx, makeXlsx([{ name: 'Sheet1', data }])))[0]!.text).toBe('1\n\n2');
  });

  test('reads names with a prefix, as some programs write them', async () => {
    const data = '<x:row xmlns:x="urn:x"><x:c t="inlineStr"><x:is><x:t>Hallo</x:t></x:is></x:c></x:row>';
    expect((await extracted(xlsx, makeXlsx([{ name: 'Sheet1', data }])))[0]!.text).toBe('Hallo');
  });
});

describe('ODS', () => {
  const cell = (text: string, more = '') => `<table:table-cell ${more}><text:p>${text}</text:p></table:table-cell>`;
  const row = (cells: string, more = '') => `<table:table-row ${more}>${cells}</table:table-row>`;
  const sheet = (name: string, rows: string) => `<table:table table:name="${name}">${rows}</table:table>`;

  test('makes a page of every sheet, with cells as they are shown', async () => {
    const rows =
      row(cell('Anlass') + cell('von') + cell('bis')) +
      row(cell('Ferien') + cell('29.07.2024', 'office:date-value="2024-07-29"') + cell('16.08.2024')) +
      row('<table:table-cell table:number-columns-repeated="16384"/>', 'table:number-rows-repeated="1048574"');
    const book = makeOdf('spreadsheet', sheet('Schließtage', rows) + sheet('Leer', ''));
    expect(await extracted(ods, book)).toEqual([
      {
        label: 'Schließtage',
        text: '# Schließtage\n\nAnlass | von | bis\nFerien | 29.07.2024 | 16.08.2024 (Anlass: Ferien; von: 29.07.2024; bis: 16.08.2024)',
      },
    ]);
  });

  test('repeats what is repeated, and no more than people would', async () => {
    const rows =
      row(cell('2', 'table:number-columns-repeated="3"'), 'table:number-rows-repeated="2"') +
      row(cell('x', 'table:number-columns-repeated="16384"'), 'table:number-rows-repeated="1048574"');
    expect((await extracted(ods, makeOdf('spreadsheet', sheet('Sheet1', rows))))[0]!.text).toBe(
      '2 | 2 | 2\n2 | 2 | 2\nx',
    );
  });

  test('keeps comments behind their cell, paragraphs on one line', async () => {
    const note =
      '<office:annotation><dc:creator>Tom</dc:creator><dc:date>2024</dc:date><text:p>paid</text:p></office:annotation>';
    const rows = row(`<table:table-cell>${note}<text:p>a<text:s/>b</text:p><text:p>c</text:p></table:table-cell>`);
    expect((await extracted(ods, makeOdf('spreadsheet', sheet('Sheet1', rows))))[0]!.text).toBe('a b c [paid]');
  });
});

describe('XLS', () => {
  test.each(['xls', 'xlml', 'xlsb'] as const)('written as %s is read like the newer format', async (bookType) => {
    const book = XLSX.utils.book_new();
    const table = XLSX.utils.aoa_to_sheet([
      ['Miete', 'Zahltag', 'Betrag'],
      ['Grünau', 45336, 940.5],
      ['Köln', null, 800],
    ]);
    table.B2.z = 'dd\\.mm\\.yyyy';
    XLSX.utils.book_append_sheet(book, table, 'Mieten');
    XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([['geheim', 7]]), 'Versteckt');
    book.Workbook = { Sheets: [{}, { Hidden: 2 }] };
    const bytes = Buffer.from(XLSX.write(book, { type: 'buffer', bookType }) as Uint8Array);
    expect(sniff(bytes, '')).toBe('xls');
    expect(await extracted(xls, bytes)).toEqual([
      {
        label: 'Mieten',
        text: '# Mieten\n\nMiete | Zahltag | Betrag\nGrünau | 14.02.2024 | 940.5 (Miete: Grünau; Zahltag: 14.02.2024; Betrag: 940.5)\nKöln | – | 800 (Miete: Köln; Betrag: 800)',
      },
      { label: 'Versteckt', text: '# Versteckt\n\ngeheim | 7' },
    ]);
  });
});

describe('CSV', () => {
  const text = async (bytes: string | Buffer) => (await extracted(csv, Buffer.from(bytes)))[0]!.text;

  test.each([
    ['commas', 'Name,Age,City\nAda,36,London'],
    ['semicolons', '\ufeffName;Age;City\r\nAda;36;London\r\n'],
    ['tabs', 'Name\tAge\tCity\nAda\t36\tLondon'],
    ['a separator that it names', 'sep=|\nName|Age|City\nAda|36|London'],
  ])('is read with %s', async (_, bytes) => {
    expect(await text(bytes)).toBe('Name | Age | City\nAda | 36 | London (Name: Ada; Age: 36; City: London)');
  });

  test('finds the header below what a bank writes above it', async () => {
    const lines = ['Konto;DE00 1234', 'Zeitraum;Mai 2024', '', 'Datum;Empfänger;Betrag', '02.05.24;Rewe;-12,40'];
    expect(await text(Buffer.from(lines.join('\n').replaceAll('ä', '\xe4'), 'latin1'))).toBe(
      'Konto | DE00 1234\nZeitraum | Mai 2024\n\nDatum | Empfänger | Betrag\n02.05.24 | Rewe | -12,40 (Datum: 02.05.24; Empfänger: Rewe; Betrag: -12,40)',
    );
  });
});
