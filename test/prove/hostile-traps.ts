import { deflateSync, gzipSync } from 'node:zlib';
import { strToU8 } from 'fflate';
import { makeBomb, makeDocx } from '../core/ingest/make-docx.ts';
import { makeMail } from '../core/ingest/make-mail.ts';
import { makePdf } from '../core/ingest/make-pdf.ts';
import { crowdedZip, nestedZip, overlappingZip, rawZip } from './hostile-archives.ts';
import { makeJpegHead, makePng, makeWebpHead } from './hostile-pictures.ts';
import {
  calendar,
  docxOf,
  many,
  nestedMails,
  nestedParts,
  odsOf,
  packedTimes,
  pdfOf,
  rows,
  streamPdf,
  xlsxOf,
  zipOf,
} from './hostile-trap-parts.ts';

/** A file made by hand against one weakness. */
export interface Trap {
  readonly name: string;
  /** Costs seconds by design; small campaigns leave it out. */
  readonly heavy?: true;
  readonly bytes: () => Uint8Array | string | Promise<Uint8Array>;
}

const SIDE = 20_000;
const SHEET_ROWS = 1_048_576;
const ENTITIES = `<!DOCTYPE r [<!ENTITY a "${'x'.repeat(1000)}">${'bcdefgh'
  .split('')
  .map((name, i) => `<!ENTITY ${name} "${`&${'abcdefg'[i]};`.repeat(30)}">`)
  .join('')}]>`;
const OUTSIDE =
  '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y PUBLIC "a" "http://127.0.0.1:9/x.dtd">%z;]>';
const TEXT = Buffer.alloc(10 << 20, 'A sentence of some length stands here. ');

const ARCHIVES: readonly Trap[] = [
  { name: 'archives in archives.zip', bytes: () => nestedZip(30, 1, strToU8('deep')) },
  { name: 'archives in archives, wide.zip', bytes: () => nestedZip(5, 16, TEXT.subarray(0, 1 << 20)) },
  { name: 'members that share their bytes.zip', bytes: () => overlappingZip(TEXT, 4000) },
  {
    name: 'ten times ten megabytes.zip',
    heavy: true,
    bytes: () => rawZip(many(10, (i) => ({ name: `${i}.txt`, bytes: TEXT }))),
  },
  { name: 'more than it declares.zip', bytes: () => rawZip([{ name: 'a.txt', bytes: TEXT, declares: 10 }]) },
  {
    name: 'less than it declares.zip',
    bytes: () => rawZip([{ name: 'a.txt', bytes: Buffer.from('x'), declares: 90 << 20 }]),
  },
  { name: 'declares four gigabytes.zip', bytes: () => rawZip([{ name: 'a.txt', bytes: TEXT, declares: 0xfffffffe }]) },
  { name: 'sixty thousand members.zip', bytes: () => crowdedZip(60_000) },
  {
    name: 'one name many times.zip',
    bytes: () => rawZip(many(900, () => ({ name: 'a.txt', bytes: Buffer.from('x y') }))),
  },
  {
    name: 'names that are paths.zip',
    bytes: () =>
      rawZip(
        [
          '../../../../../../tmp/escaped',
          '/tmp/escaped',
          'C:\\escaped',
          '..\\escaped',
          'a\0b',
          'CON',
          '-rf',
          '~/escaped',
          `${'d/'.repeat(9000)}a`,
        ].map((name) => ({ name, bytes: Buffer.from('escaped') })),
      ),
  },
];

const DOCUMENTS: readonly Trap[] = [
  { name: '400 MB.docx', bytes: () => makeBomb(400, 'true-size') },
  { name: '400 MB that declares 4 KB.docx', bytes: () => makeBomb(400, 'small') },
  { name: '31 MB, just allowed.docx', heavy: true, bytes: () => makeBomb(31, 'true-size') },
  {
    name: 'entities.docx',
    bytes: () =>
      docxOf(
        `<?xml version="1.0"?>${ENTITIES}<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&h;</w:t></w:r></w:p></w:body></w:document>`,
      ),
  },
  {
    name: 'outside references.docx',
    bytes: () =>
      docxOf(
        `<?xml version="1.0"?>${OUTSIDE}<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>&x;&y;</w:t></w:r></w:p></w:body></w:document>`,
      ),
  },
  { name: 'nested tables.docx', bytes: () => makeDocx('<w:tbl><w:tr><w:tc>'.repeat(20_000)) },
  { name: 'a million rows.xlsx', heavy: true, bytes: () => xlsxOf(rows(SHEET_ROWS)) },
  {
    name: 'one cell that claims the whole sheet.xlsx',
    bytes: () => xlsxOf('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', 'A1:XFD1048576'),
  },
  {
    name: 'entities.xlsx',
    bytes: () => xlsxOf('<row r="1"><c r="A1" t="inlineStr"><is><t>&h;</t></is></c></row>', 'A1', ENTITIES),
  },
  {
    name: 'repeated without end.ods',
    bytes: () =>
      odsOf(
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>',
      ),
  },
  { name: 'a million rows.csv', heavy: true, bytes: () => Buffer.from(`Name;Value\n${'a;1\n'.repeat(SHEET_ROWS)}`) },
  { name: 'a quote that never ends.csv', bytes: () => `a;b\n"${'x;y\n'.repeat(500_000)}` },
  { name: 'braces.rtf', bytes: () => `{\\rtf1${'{'.repeat(1_000_000)}x` },
  { name: 'binary that never comes.rtf', bytes: () => '{\\rtf1\\bin2147483647 x\\u-99999999999?\\uc999999999 y}' },
  {
    name: 'spaces repeated.odt',
    bytes: () =>
      zipOf({
        mimetype: 'application/vnd.oasis.opendocument.text',
        'content.xml': `<a xmlns:text="t">${'<text:s text:c="99999999"/>'.repeat(1000)}</a>`,
      }),
  },
  {
    name: 'outside references.epub',
    bytes: () =>
      zipOf({
        mimetype: 'application/epub+zip',
        'META-INF/container.xml':
          '<container><rootfiles><rootfile full-path="../../etc/passwd"/><rootfile full-path="a.opf"/></rootfiles></container>',
        'a.opf': `${OUTSIDE}<package><manifest><item id="a" href="http://127.0.0.1:9/a"/></manifest><spine><itemref idref="a"/></spine></package>`,
      }),
  },
];

const PDFS: readonly Trap[] = [
  { name: 'pages that hold each other.pdf', bytes: () => pdfOf('<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>') },
  { name: 'a billion pages.pdf', bytes: () => pdfOf('<</Type/Pages/Kids[]/Count 999999999>>') },
  {
    name: 'actions.pdf',
    bytes: () =>
      makePdf([['Hello']])
        .toString('latin1')
        .replace(
          '/Catalog',
          '/Catalog/OpenAction<</S/Launch/F(/bin/sh)/Next<</S/URI/URI(http://127.0.0.1:9/)/Next<</S/JavaScript/JS(app.launchURL\\("http://127.0.0.1:9/"\\))>>>>>>',
        ),
  },
  { name: 'a stream of 200 MB.pdf', bytes: () => streamPdf(deflateSync(Buffer.alloc(200 << 20, '(x) Tj '))) },
  { name: 'a stream packed ten times.pdf', bytes: () => streamPdf(packedTimes(10), '/FlateDecode '.repeat(10)) },
  { name: 'two thousand and one pages.pdf', bytes: () => makePdf(many(2001, () => ['x'])) },
  { name: 'arrays in arrays.pdf', bytes: () => pdfOf(`<</Type/Pages/Kids${'['.repeat(200_000)}`) },
];

const MAILS: readonly Trap[] = [
  { name: 'parts in parts.eml', bytes: () => nestedParts(3000) },
  { name: 'mails in mails.eml', bytes: () => nestedMails(60) },
  {
    name: 'two thousand attachments.eml',
    bytes: () =>
      makeMail({ text: 'x', files: many(2000, (i) => ({ name: `${i}.txt`, type: 'text/plain', bytes: `text ${i}` })) }),
  },
  {
    name: 'a bomb attached.eml',
    bytes: async () =>
      makeMail({
        text: 'x',
        files: [{ name: 'a.docx', type: 'application/zip', bytes: await makeBomb(400, 'true-size') }],
      }),
  },
  {
    name: 'headers without end.eml',
    bytes: () => `From: a\nMIME-Version: 1.0\nSubject: ${'=?utf-8?B?eA==?= '.repeat(200_000)}\n\nx`,
  },
  {
    name: 'boundaries without end.eml',
    bytes: () => `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n${'--a\n\n'.repeat(300_000)}`,
  },
  {
    name: 'quoted without end.eml',
    bytes: () =>
      `MIME-Version: 1.0\nFrom: a\nContent-Transfer-Encoding: quoted-printable\n\n${'=\n'.repeat(1_000_000)}`,
  },
  {
    name: 'addresses in groups.eml',
    bytes: () => `MIME-Version: 1.0\nTo: ${'a:'.repeat(50_000)}\nFrom: ${'(('.repeat(50_000)}\n\nx`,
  },
];

const TEXTS: readonly Trap[] = [
  {
    name: 'dates without end.ics',
    bytes: () => calendar(many(2000, () => 'DTSTART:19000101T000000\nRRULE:FREQ=DAILY;INTERVAL=999')),
  },
  {
    name: 'rules that never match.ics',
    bytes: () =>
      calendar(['DTSTART:20200101\nRRULE:FREQ=YEARLY;BYYEARDAY=366;BYDAY=MO;BYMONTH=2;BYMONTHDAY=30;BYSETPOS=400']),
  },
  {
    name: 'every second.ics',
    bytes: () => calendar(['DTSTART:20200101T000000\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30']),
  },
  { name: 'components in components.ics', bytes: () => `BEGIN:VCALENDAR\n${'BEGIN:VEVENT\n'.repeat(300_000)}` },
  { name: 'folded without end.vcf', bytes: () => `BEGIN:VCARD\nFN:${'\n x'.repeat(1_000_000)}` },
  {
    name: 'parameters without end.vcf',
    bytes: () => `BEGIN:VCARD\nFN${';A="b"'.repeat(200_000)};"${'"a'.repeat(100_000)}:x`,
  },
  { name: 'elements in elements.html', heavy: true, bytes: () => `<html>${'<div>x'.repeat(300_000)}` },
  { name: 'attributes without end.html', bytes: () => `<html><p ${'a=b '.repeat(500_000)}` },
  { name: 'comments without end.html', bytes: () => `<html>${'<!--'.repeat(500_000)}` },
  { name: 'marks on one letter.txt', bytes: () => `e${'\u0301'.repeat(1_000_000)}` },
  { name: 'turned around.txt', bytes: () => '\u202e\u2066'.repeat(300_000) },
  { name: 'one line.txt', bytes: () => Buffer.alloc(5_000_000, 'x') },
  { name: 'unpacks to 100 MB.gz', bytes: () => gzipSync(Buffer.alloc(100 << 20)) },
  { name: 'entities.svg', bytes: () => `<?xml version="1.0"?>${ENTITIES}<svg><text>&h;</text></svg>` },
  {
    name: 'outside references.html',
    bytes: () =>
      `<html><base href="http://127.0.0.1:9/"><link rel=stylesheet href=a><script src=b></script><iframe src=c></iframe><img src=d>text`,
  },
];

const PICTURES: readonly Trap[] = [
  { name: 'four hundred million dots.png', bytes: () => makePng(SIDE, SIDE) },
  { name: 'four hundred million dots.jpg', bytes: () => makeJpegHead(SIDE, SIDE) },
  { name: 'four hundred million dots.webp', bytes: () => makeWebpHead(SIDE, SIDE) },
  {
    name: 'a huge picture in a mail.eml',
    bytes: () => makeMail({ text: 'x', files: [{ name: 'a.png', type: 'image/png', bytes: makePng(SIDE, SIDE) }] }),
  },
];

/** Every trap; each is read once in a campaign. */
export const TRAPS: readonly Trap[] = [...ARCHIVES, ...DOCUMENTS, ...PDFS, ...MAILS, ...TEXTS, ...PICTURES];
