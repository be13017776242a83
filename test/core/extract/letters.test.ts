import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { doc } from '../../../core/extract/doc.ts';
import { docx } from '../../../core/extract/docx.ts';
import { epub } from '../../../core/extract/epub.ts';
import { html } from '../../../core/extract/html.ts';
import { odt } from '../../../core/extract/odt.ts';
import { rtf } from '../../../core/extract/rtf.ts';
import type { Extractor } from '../../../core/ingest/extractor.ts';
import { makeDocx, paragraph } from '../ingest/make-docx.ts';
import { extracted } from './extracted.ts';
import { makeEpub, makeOdf } from './make-office.ts';

/** The one page of a file. */
async function textOf(extractor: Extractor, bytes: Uint8Array | string): Promise<string> {
  const pages = await extracted(extractor, Buffer.from(bytes as string));
  expect(pages.map(({ label }) => label)).toEqual([null]);
  return pages[0]!.text;
}

describe('ODT', () => {
  test('keeps headings, lists with their numbers, and tables; skips what was deleted', async () => {
    const automatic =
      '<style:style style:name="P1" style:parent-style-name="Title"/>' +
      '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"/><text:list-level-style-bullet text:level="2"/></text:list-style>';
    const item = (inner: string) => `<text:list-item>${inner}</text:list-item>`;
    const body =
      '<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>' +
      '<text:p text:style-name="P1">Regeln</text:p><text:h text:outline-level="2">Beete &amp; Wege</text:h>' +
      '<text:p>Ein<text:s text:c="2"/>Satz<text:line-break/>mit <text:span>Umbruch</text:span>.</text:p>' +
      `<text:list text:style-name="L1">${item('<text:p>erstens</text:p><text:list><text:list-item><text:p>innen</text:p></text:list-item></text:list>')}${item('<text:p>zweitens</text:p>')}</text:list>` +
      '<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>Art</text:p></table:table-cell><table:table-cell><text:p>Maß</text:p></table:table-cell><table:table-cell><text:p>Frage</text:p></table:table-cell></table:table-row></table:table-header-rows>' +
      '<table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>Hütte</text:p></table:table-cell><table:covered-table-cell/><table:table-cell><text:p>ja</text:p></table:table-cell></table:table-row></table:table>';
    expect(await textOf(odt, makeOdf('text', body, { automatic }))).toBe(
      [
        '# Regeln\n\n## Beete & Wege\n\nEin  Satz\nmit Umbruch.',
        '1. erstens\n  - innen\n2. zweitens',
        'Art | Maß | Frage\nHütte | – | ja (Art: Hütte; Maß: Hütte; Frage: ja)',
      ].join('\n\n'),
    );
  });

  test('tells notes, comments and text boxes behind their paragraph, letterheads first', async () => {
    const body =
      '<text:p>Die Miete<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>ohne Strom</text:p></text:note-body></text:note> beträgt 940 €.' +
      '<office:annotation><dc:creator>Tom</dc:creator><dc:date>2024</dc:date><text:p>prüfen</text:p></office:annotation>' +
      '<draw:frame><draw:text-box><text:p>Im Kasten</text:p></draw:text-box><svg:desc>picture</svg:desc></draw:frame></text:p>';
    const master =
      '<style:master-page><style:header><text:p>Verwaltung Grün</text:p></style:header><style:footer><text:p>Seite <text:page-number>1</text:page-number></text:p></style:footer></style:master-page>';
    expect(await textOf(odt, makeOdf('text', body, { master }))).toBe(
      'Verwaltung Grün\n\nDie Miete beträgt 940 €.\n\n[1] ohne Strom\n\nprüfen\n\nIm Kasten\n\nSeite',
    );
  });
});

describe('RTF', () => {
  test('reads letters of every kind', async () => {
    const text =
      '{\\rtf1\\ansi\\ansicpg1252\\uc1{\\fonttbl{\\f0 Arial;}{\\f1\\fcharset204 Arial Cyr;}{\\f2\\fcharset128 Mincho;}}' +
      "Gr\\'fc\\'dfe \\u8364? \\{ok\\}\\~{\\f1 \\'cf\\'f0\\'e8\\'e2\\'e5\\'f2} {\\f2 \\'93\\'fa\\'96\\'7b} {\\uc2\\u-10179 ab\\u-8704 cd}\\endash\\par}";
    expect(await textOf(rtf, text)).toBe('Grüße € {ok}\u00a0Привет 日本 😀–');
  });

  test('keeps headings, lists and rows; leaves pictures, fields and hidden text out', async () => {
    const text =
      '{\\rtf1{\\stylesheet{\\s1 heading 1;}{\\*\\cs2 Strong;}}{\\info{\\title secret}}{\\header\\pard Briefkopf\\par}' +
      '\\pard\\s1 Vertrag\\par\\pard Am 1. Mai{\\footnote\\pard siehe Anlage\\par}.{\\v hidden}{\\pict 0011}{\\*\\unknown x}{\\field{\\*\\fldinst HYPERLINK "x"}{\\fldrslt Link}}\\par' +
      '{\\pard{\\listtext\\bullet\\tab}erstens\\par}{\\pard{\\listtext 2.\\tab}zweitens\\par}' +
      '\\trowd\\trhdr\\cellx1\\pard\\intbl A\\cell B\\cell C\\cell\\row\\trowd\\pard\\intbl 1\\cell zwei\\par Zeilen\\cell 3\\cell\\row\\pard Ende\\bin4 \\par}\\par}';
    expect(await textOf(rtf, text)).toBe(
      'Briefkopf\n\n# Vertrag\n\nAm 1. Mai.Link\n\nsiehe Anlage\n\n- erstens\n2. zweitens\n\nA | B | C\n1 | zwei Zeilen | 3 (A: 1; B: zwei Zeilen; C: 3)\n\nEnde',
    );
  });

  test('that ends early gives what is there', async () => {
    expect(await textOf(rtf, "{\\rtf1 Hallo {\\b du\\'")).toBe('Hallo du');
  });
});

test('DOC keeps paragraphs and table rows', async () => {
  expect(await textOf(doc, readFileSync(new URL('samples/letter.doc', import.meta.url)))).toBe(
    [
      ...['Mietvertrag Grüße', 'Die Miete beträgt 940 € für „Kaffee“ – ab Mai. Žluťoučký kůň. Привет.', 'Kaution'],
      ...['erstens', 'zweitens', 'eins', 'zwei'],
      'Monat | Betrag | Bezahlt\nMai | 500 | ja (Monat: Mai; Betrag: 500; Bezahlt: ja)\nJuni | 510 | nein (Monat: Juni; Betrag: 510; Bezahlt: nein)',
      'Nach der Tabelle.',
    ].join('\n\n'),
  );
});

const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A Word document with page header, page footer, notes, a comment and a list. */
function richDocx(body: string): Buffer {
  const links = [
    ['header', 'header1.xml'],
    ['header', 'header2.xml'],
    ['footer', 'footer1.xml'],
    ['footnotes', 'footnotes.xml'],
    ['comments', 'comments.xml'],
    ['numbering', 'numbering.xml'],
  ].map(([type, target], i) => `<Relationship Id="r${i}" Type="${RELATIONS}/${type}" Target="${target}"/>`);
  const header = `<w:hdr ${W}>${paragraph('Verwaltung Grün')}${paragraph('Tel. 0417')}</w:hdr>`;
  return makeDocx(body, {
    'word/_rels/document.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${links.join('')}</Relationships>`,
    'word/header1.xml': header,
    'word/header2.xml': header,
    'word/footer1.xml': `<w:ftr ${W}>${paragraph('IBAN DE00')}</w:ftr>`,
    'word/footnotes.xml': `<w:footnotes ${W}><w:footnote w:id="2">${paragraph('drei Raten')}</w:footnote></w:footnotes>`,
    'word/comments.xml': `<w:comments ${W}><w:comment w:id="0" w:initials="T">${paragraph('zu viel?')}</w:comment></w:comments>`,
    'word/numbering.xml': `<w:numbering ${W}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`,
  });
}

const run = (text: string) => `<w:r><w:t>${text}</w:t></w:r>`;
const note = '<w:r><w:footnoteReference w:id="2"/></w:r>';

describe('DOCX', () => {
  test('has the letterhead once, and notes and comments behind their paragraph', async () => {
    const body =
      `<w:p>${run('Die Kaution')}${note}${run(' beträgt 900.')}<w:r><w:commentReference w:id="0"/></w:r></w:p>` +
      `<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>${run('Punkt')}</w:p>`;
    expect(await textOf(docx, richDocx(body))).toBe(
      'Verwaltung Grün\nTel. 0417\n\n* * *\n\nDie Kaution beträgt 900.\n\n[1] drei Raten\n\n[T1] zu viel?\n\n 1. Punkt\n\n* * *\n\nIBAN DE00',
    );
  });

  test('keeps rows whole although their cells hold paragraphs and notes', async () => {
    const cell = (inner: string) => `<w:tc>${inner}</w:tc>`;
    const body =
      `<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>${['Monat', 'Soll', 'Ist'].map((name) => cell(paragraph(name))).join('')}</w:tr>` +
      `<w:tr>${cell(paragraph('Mai') + paragraph('(neu)'))}${cell(`<w:p>${run('5')}${note}</w:p>`)}${cell(paragraph('6'))}</w:tr></w:tbl>`;
    expect(await textOf(docx, richDocx(body))).toContain(
      'Monat | Soll | Ist\nMai (neu) | 5 | 6 (Monat: Mai (neu); Soll: 5; Ist: 6)\n\n[1] drei Raten',
    );
  });

  test('shows what a changed text says now: nothing that was deleted or moved away', async () => {
    const run = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
    const gone = (text: string) => `<w:r><w:delText>${text}</w:delText></w:r>`;
    const row = (cells: string, marks = '') => `<w:tr><w:trPr>${marks}</w:trPr>${cells}</w:tr>`;
    const cell = (inner: string) => `<w:tc><w:p>${inner}</w:p></w:tc>`;
    const body =
      `<w:p>${run('Die Miete beträgt ')}<w:del w:id="1">${gone('900')}</w:del><w:ins w:id="2">${run('950')}</w:ins>${run(' Euro.')}` +
      `<w:moveFrom w:id="3">${run('Weggezogen.')}</w:moveFrom></w:p>` +
      `<w:p><w:pPr><w:rPr><w:del w:id="4"/></w:rPr></w:pPr><w:del w:id="5">${gone('Ein ganzer Absatz.')}</w:del></w:p>` +
      `<w:tbl>${row(cell(run('Kaution')) + cell(run('1800')))}${row(cell(`<w:del w:id="6">${gone('Alt')}</w:del>`) + cell(''), '<w:del w:id="7"/>')}</w:tbl>`;
    expect(await textOf(docx, makeDocx(body))).toBe('Die Miete beträgt 950 Euro.\n\nKaution | 1800');
  });

  test('reads text boxes once', async () => {
    const box = `<w:txbxContent>${paragraph('Im Kasten')}</w:txbxContent>`;
    const body = `<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice><wps:txbx xmlns:wps="urn:wps">${box}</wps:txbx></mc:Choice><mc:Fallback><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml">${box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>`;
    expect(await textOf(docx, makeDocx(paragraph('Davor') + body))).toBe('Davor\n\nIm Kasten');
  });
});

describe('EPUB', () => {
  test('is read chapter by chapter in its own order, without the list of contents', async () => {
    const book = makeEpub(['<h1>Eins</h1><p>Der Turm &amp; das Meer.</p>', '<h2>Zwei</h2><p>Ende.</p>']);
    expect(await textOf(epub, book)).toBe('Die Reise, June A.\n\n# Eins\n\nDer Turm & das Meer.\n\n## Zwei\n\nEnde.');
  });

  test('that is locked to its buyer says so', async () => {
    const locked = makeEpub(['<p>x</p>'], { 'META-INF/rights.xml': '<rights/>' });
    await expect(textOf(epub, locked)).rejects.toMatchObject({ reason: 'file-encrypted' });
  });
});

describe('HTML', () => {
  test('rows carry the names of their columns, also under merged cells', async () => {
    const page =
      '<html><table><caption>Tarife</caption><thead><tr><th rowspan=2>Zone</th><th colspan=2>Preis</th></tr><tr><th>Tag</th><th>Monat</th></tr></thead>' +
      '<tr><td rowspan=2>A</td><td>3</td><td>49</td></tr><tr><td>4</td><td>59</td></tr></table>';
    expect(await textOf(html, page)).toBe(
      'Tarife\nZone | Preis\n– | Tag | Monat\nA | 3 | 49 (Zone: A; Preis, Tag: 3; Preis, Monat: 49)\nA | 4 | 59 (Zone: A; Preis, Tag: 4; Preis, Monat: 59)',
    );
  });

  test('terms stand with what they mean', async () => {
    const page = '<html><dl><dt>Kunde</dt><dd>4417</dd><dt>Tarif</dt><dd>Öko</dd><dd>ab Mai</dd></dl><p>Ende</p>';
    expect(await textOf(html, page)).toBe('Kunde: 4417\n\nTarif: Öko\nab Mai\n\nEnde');
  });

  test('tables that lay out a saved mail are read cell by cell', async () => {
    const page =
      '<html><table><tr><td><h2>Ihre Buchung</h2><p>Guten Tag</p></td><td><table><tr><th>Zug</th><th>Ab</th><th>Gleis</th></tr><tr><td>IC 1</td><td>9.42</td><td>7</td></tr></table></td></tr></table>';
    expect(await textOf(html, page)).toBe(
      '## Ihre Buchung\n\nGuten Tag\n\nZug | Ab | Gleis\nIC 1 | 9.42 | 7 (Zug: IC 1; Ab: 9.42; Gleis: 7)',
    );
  });
});
