import { describe, expect, test } from 'vitest';
import { makeDocx, paragraph, table } from './make-docx.ts';
import { makePdf, makeScan } from './make-pdf.ts';
import { read, refusal } from './reading.ts';

describe('text files', () => {
  const text = 'Grüße aus Dämmerode: 20 € für „Kaffee“.\nZweite Zeile.';
  const windows = Buffer.from(text.replace('€', '\x80').replace('„', '\x84').replace('“', '\x93'), 'latin1');

  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['big-endian UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
    ['Windows-1252', windows],
  ])('are read from %s', async (_, bytes) => {
    const { kind, pages, unreadable } = await read(bytes, 'brief.txt');
    expect({ kind, pages, unreadable }).toEqual({ kind: 'txt', pages: [{ label: null, text }], unreadable: [] });
  });

  test('are read from an East Asian encoding', async () => {
    const shiftJis = Buffer.from(
      '93fa967b8cea82cc95b68fcd82c582b781428a46976c82c882a882b382a882ad82b382f181428c8e97 6a'.replace(' ', ''),
      'hex',
    );
    const { pages } = await read(shiftJis, 'a.txt');
    expect(pages[0]!.text).toContain('日本語の文章です');
  });

  test('keep no control characters, half letters or carriage returns', async () => {
    const { pages } = await read('a\r\nb\u2028c\u001b[31md\u0065\u0301  \n\ufeffe', 'a.txt');
    expect(pages[0]!.text).toBe('a\nb\nc[31mdé\ne');
  });

  test('take a name only as a hint among kinds of text', async () => {
    expect((await read('a;b\n1;2', 'x.csv')).kind).toBe('csv');
    expect((await read('# a', 'x.md')).kind).toBe('md');
    expect((await read('<!doctype html><p>a', 'x.txt')).kind).toBe('html');
    expect((await read(makePdf([['Hello']]), 'x.txt')).kind).toBe('pdf');
    expect((await read('BMW, MZ and GIF are words here', 'x')).kind).toBe('txt');
  });
});

test('HTML keeps headings, lists and table rows, and nothing invisible', async () => {
  const html = `<!doctype html><title>Bill</title><style>b{}</style><script>alert("x")</script>
    <h2>Usage</h2><p>In <b>March</b>.</p><ul><li>gas</li></ul><p hidden>secret</p><p style="display:none">secret</p>
    <table><tr><th>Month</th><th>kWh</th></tr><tr><td>March</td><td>1<br>204</td></tr></table>`;
  const { pages } = await read(html, 'bill.html');
  expect(pages[0]!.text).toBe(
    'Bill\n\n## Usage\n\nIn March.\n\n - gas\n\nMonth | kWh\nMarch | 1 204'.replace(' - gas', '- gas'),
  );
});

test('HTML in an old encoding is read as it declares', async () => {
  const { pages } = await read(
    Buffer.from('<html><meta charset="windows-1251"><p>\xcf\xf0\xe8\xe2\xe5\xf2', 'latin1'),
    'a.html',
  );
  expect(pages[0]!.text).toBe('Привет');
});

test('CSV rows repeat the column names', async () => {
  const { pages } = await read('\ufeffName;Ort;Notiz\r\n"Ada ""A""";London;"zwei\nZeilen"\r\nBen;;\r\n', 'a.csv');
  expect(pages[0]!.text).toBe(
    'Name | Ort | Notiz\nAda "A" | London | zwei Zeilen (Name: Ada "A"; Ort: London; Notiz: zwei Zeilen)\nBen',
  );
});

test('CSV without a header stays as it is', async () => {
  const { pages } = await read('2024-01-02,4\n2024-01-03,5\n', 'a.csv');
  expect(pages[0]!.text).toBe('2024-01-02 | 4\n2024-01-03 | 5');
});

describe('PDF', () => {
  test('is read page by page, with progress, and cut words joined', async () => {
    const seen: number[][] = [];
    const pdf = makePdf([['Die Wasch-', 'maschine', 'heißt Öko.'], [], ['Kauf- und Mietvertrag']]);
    const { kind, pages } = await read(pdf, 'a.pdf', { onProgress: (done, total) => seen.push([done, total]) });
    expect(kind).toBe('pdf');
    expect(pages.map(({ label }) => label)).toEqual(['1', '2', '3']);
    expect(pages[0]!.text).toMatch(/^Die Waschmaschine\s+heißt Öko\.$/);
    expect(pages[1]!.text).toBe('');
    expect(pages[2]!.text).toBe('Kauf- und Mietvertrag');
    expect(seen.at(-1)).toEqual([3, 3]);
  });

  test('that is a scan is refused', async () => {
    expect(await refusal(makeScan(2), 'scan.pdf')).toEqual({ reason: 'file-no-text' });
  });

  test('with too many pages is refused', async () => {
    const limits = { fileBytes: 1e6, pagesPerFile: 2, extractSeconds: 60 };
    expect(await refusal(makePdf([['a'], ['b'], ['c']]), 'a.pdf', { limits })).toEqual({
      reason: 'file-too-many-pages',
      limit: 2,
    });
  });
});

describe('DOCX', () => {
  test('keeps headings and table rows', async () => {
    const body = [
      paragraph('Mietvertrag', 1),
      paragraph('Die Miete beträgt 940 €.'),
      paragraph('Kaution', 2),
      table([
        ['Monat', 'Betrag'],
        ['Mai', '500'],
      ]),
    ];
    const { kind, pages } = await read(makeDocx(body.join('')), 'vertrag.docx');
    expect(kind).toBe('docx');
    expect(pages).toEqual([
      { label: null, text: '# Mietvertrag\n\nDie Miete beträgt 940 €.\n\n## Kaution\n\nMonat | Betrag\nMai | 500' },
    ]);
  });

  test('reads no file that it names', async () => {
    const rels =
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="p1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="file:///etc/passwd" TargetMode="External"/></Relationships>';
    const image =
      '<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip r:link="p1"/></pic:blipFill></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>';
    const { pages } = await read(
      makeDocx(paragraph('Hallo') + image, { 'word/_rels/document.xml.rels': rels }),
      'a.docx',
    );
    expect(pages[0]!.text).toBe('Hallo');
  });
});
