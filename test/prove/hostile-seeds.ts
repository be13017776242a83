import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateSync } from 'node:zlib';
import { utils, write } from '@e965/xlsx';
import { strToU8, zipSync } from 'fflate';
import { makeDocx, paragraph, table } from '../core/ingest/make-docx.ts';
import { makeMail } from '../core/ingest/make-mail.ts';
import { makeMsg } from '../core/ingest/make-msg.ts';
import { makePdf, makeScan } from '../core/ingest/make-pdf.ts';
import { makePng } from './hostile-pictures.ts';

/** An honest file to be spoilt. The name's ending says what it is; mutations keep it, so that the hint stays. */
export interface Seed {
  readonly name: string;
  readonly bytes: Buffer;
}

const HOUSEHOLD = fileURLToPath(new URL('../../../shared/data/household-dev/files.tar', import.meta.url));
/** Larger seeds would make a campaign a test of patience. */
const LARGEST_SEED = 4 << 20;

const LINES = ['The boiler was serviced in October.', 'Serial number HV28C-0719', 'Grüße aus Dämmerode, 20 €'];
const ROWS = [
  ['Item', 'Price'],
  ['Dog', '50'],
  ['Car', '412'],
];
const HTML = `<!doctype html><title>Bill</title><h1>Usage</h1><p>${LINES.join('<p>')}</p><table><tr><td>a<td>b</table>`;
const EVENT = 'BEGIN:VEVENT\r\nSUMMARY:Probe\r\nDTSTART:20250101T100000\r\nRRULE:FREQ=WEEKLY;COUNT=5\r\nEND:VEVENT';
const CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Ashgrove\r\nTEL;TYPE=home:+49 30 123\r\nEND:VCARD\r\n';

/** One maker for each format that is read or will be; what is not read yet is refused, and then must be refused soundly. */
const MAKERS: Readonly<Record<string, () => Uint8Array | string>> = {
  'a.pdf': () => makePdf([LINES, LINES, ['end']]),
  'scan.pdf': () => makeScan(2),
  'a.docx': () => makeDocx(paragraph('Contract', 1) + LINES.map((line) => paragraph(line)).join('') + table(ROWS)),
  'a.txt': () => LINES.join('\n'),
  'old.txt': () => Buffer.from(LINES.join('\r\n'), 'latin1'),
  'a.md': () => `# Notes\n\n${LINES.join('\n\n')}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n`,
  'a.html': () => HTML,
  'a.csv': () => ROWS.map((row) => row.join(';')).join('\n'),
  'a.eml': () =>
    makeMail({
      text: LINES.join('\n'),
      html: HTML,
      files: [{ name: 'a.pdf', type: 'application/pdf', bytes: makePdf([LINES]) }],
    }),
  'a.msg': () =>
    makeMsg({ subject: 'Boiler', text: LINES.join('\n'), files: [{ name: 'a.pdf', bytes: makePdf([LINES]) }] }),
  'a.ics': () => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${EVENT}\r\n${EVENT}\r\nEND:VCALENDAR\r\n`,
  'a.vcf': () => CARD.repeat(3),
  'a.zip': () =>
    zipSync({ 'in/a.txt': strToU8(LINES[0]!), 'a.docx': makeDocx(paragraph('x')), 'b.eml': makeMail({ text: 'y' }) }),
  'a.rtf': () =>
    `{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\\pard Gr\\'fc\\'dfe ${LINES[0]}\\par\\u8364? \\b bold\\b0\\par}`,
  'a.xlsx': () => workbook('xlsx'),
  'a.xls': () => workbook('biff8'),
  'a.ods': () => workbook('ods'),
  'a.odt': () =>
    odf('text', `<office:text><text:h text:outline-level="1">T</text:h><text:p>${LINES[0]}</text:p></office:text>`),
  'a.odp': () =>
    odf(
      'presentation',
      `<office:presentation><draw:page draw:name="p"><draw:frame><draw:text-box><text:p>${LINES[0]}</text:p></draw:text-box></draw:frame></draw:page></office:presentation>`,
    ),
  'a.pptx': () =>
    zipSync({
      '[Content_Types].xml': strToU8('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
      'ppt/presentation.xml': strToU8(
        '<p:presentation xmlns:p="p"><p:sldIdLst><p:sldId id="256" r:id="rId1" xmlns:r="r"/></p:sldIdLst></p:presentation>',
      ),
      'ppt/_rels/presentation.xml.rels': strToU8(
        '<Relationships><Relationship Id="rId1" Type="slide" Target="slides/slide1.xml"/></Relationships>',
      ),
      'ppt/slides/slide1.xml': strToU8(
        `<p:sld xmlns:p="p" xmlns:a="a"><p:sp><p:txBody><a:p><a:r><a:t>${LINES[0]}</a:t></a:r></a:p></p:txBody></p:sp></p:sld>`,
      ),
    }),
  'a.epub': () =>
    zipSync({
      mimetype: [strToU8('application/epub+zip'), { level: 0 }],
      'META-INF/container.xml': strToU8('<container><rootfiles><rootfile full-path="c.opf"/></rootfiles></container>'),
      'c.opf': strToU8(
        '<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>',
      ),
      'a.xhtml': strToU8(HTML),
    }),
  'a.png': () => makePng(64, 64),
  'a.jpg': () => Buffer.from(JPEG, 'base64'),
  'a.gz': () => deflateSync(Buffer.from(LINES.join())),
};

/** The smallest picture that decoders take: one grey dot. */
const JPEG =
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AKp//2Q==';

function workbook(bookType: 'xlsx' | 'biff8' | 'ods'): Buffer {
  const sheet = utils.aoa_to_sheet(ROWS);
  return write({ SheetNames: ['Prices'], Sheets: { Prices: sheet } }, { type: 'buffer', bookType }) as Buffer;
}

function odf(kind: string, body: string): Uint8Array {
  return zipSync({
    mimetype: [strToU8(`application/vnd.oasis.opendocument.${kind}`), { level: 0 }],
    'content.xml': strToU8(
      `<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"><office:body>${body}</office:body></office:document-content>`,
    ),
  });
}

/** Our own samples, and a real household's files where they are there. */
export function builtInSeeds(): Seed[] {
  const made = Object.entries(MAKERS).map(([name, make]) => ({ name, bytes: Buffer.from(make() as Uint8Array) }));
  if (!existsSync(HOUSEHOLD)) return made;
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-seeds-'));
  try {
    execFileSync('tar', ['-xf', HOUSEHOLD, '-C', folder]);
    return [...made, ...seedsIn(folder)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every file of a folder, and of the folders in it, that is small enough. */
export function seedsIn(folder: string): Seed[] {
  return filesIn(folder)
    .filter((path) => statSync(path).size <= LARGEST_SEED && statSync(path).size > 0)
    .map((path) => ({ name: path.slice(folder.length + 1).replaceAll('/', ' '), bytes: readFileSync(path) }));
}

/** Paths of the plain files below a folder, in a steady order. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
