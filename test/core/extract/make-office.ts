import { strToU8, type Zippable, zipSync } from 'fflate';

const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const XML = '<?xml version="1.0" encoding="UTF-8"?>';

/** A ZIP archive of texts. */
export function zipOf(parts: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const files: Zippable = {};
  for (const [name, part] of Object.entries(parts)) files[name] = typeof part === 'string' ? strToU8(part) : part;
  return Buffer.from(zipSync(files));
}

function relations(list: readonly (readonly [id: string, type: string, target: string])[]): string {
  const items = list.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${items.join('')}</Relationships>`;
}

/** A sheet of `makeXlsx`: rows of cell XML as it stands in the file, or whole sheet data. */
export interface XlsxSheet {
  readonly name: string;
  readonly data: string;
  readonly after?: string;
  readonly state?: string;
}

/** A workbook. `strings` are the shared ones, `formats` the number formats by style number. */
export function makeXlsx(
  sheets: readonly XlsxSheet[],
  { strings = [], formats = [], date1904 = false }: { strings?: string[]; formats?: string[]; date1904?: boolean } = {},
): Buffer {
  const list = sheets.map(
    ({ name, state = 'visible' }, i) => `<sheet name="${name}" sheetId="${i + 1}" state="${state}" r:id="r${i + 1}"/>`,
  );
  const codes = formats.map(
    (code, i) => `<numFmt numFmtId="${200 + i}" formatCode="${code.replaceAll('"', '&quot;')}"/>`,
  );
  const styles = formats.map((code, i) => `<xf numFmtId="${/^\d+$/.test(code) ? code : 200 + i}"/>`);
  return zipOf({
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': relations([['r1', 'officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `${XML}<workbook xmlns:r="${RELATIONS}"><workbookPr date1904="${date1904}"/><sheets>${list.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ...sheets.map((_, i) => [`r${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`] as const),
      ['rs', 'sharedStrings', 'sharedStrings.xml'],
      ['ry', 'styles', '/xl/styles.xml'],
    ]),
    'xl/sharedStrings.xml': `${XML}<sst>${strings.map((text) => `<si>${text.startsWith('<') ? text : `<t>${text}</t>`}</si>`).join('')}</sst>`,
    'xl/styles.xml': `${XML}<styleSheet><numFmts>${codes.join('')}</numFmts><cellXfs>${styles.join('')}</cellXfs></styleSheet>`,
    ...Object.fromEntries(
      sheets.map(({ data, after = '' }, i) => [
        `xl/worksheets/sheet${i + 1}.xml`,
        `${XML}<worksheet><sheetData>${data}</sheetData>${after}</worksheet>`,
      ]),
    ),
  });
}

/** Rows of plain texts and numbers for `makeXlsx`, from row `first` (1-based) on; undefined cells are left out. */
export function xlsxRows(rows: readonly (readonly (string | number | undefined)[])[], first = 1): string {
  return rows
    .map((row, i) => {
      const cells = row.map((value, column) => {
        if (value === undefined) return '';
        const place = `${String.fromCharCode(65 + column)}${first + i}`;
        if (typeof value === 'number') return `<c r="${place}"><v>${value}</v></c>`;
        return `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`;
      });
      return `<row r="${first + i}">${cells.join('')}</row>`;
    })
    .join('');
}

const ODF = ['office', 'text', 'table', 'draw', 'style', 'presentation', 'dc', 'fo', 'svg']
  .map((name) => `xmlns:${name}="urn:${name}"`)
  .join(' ');

/** An OpenDocument file; `body` stands below office:body, `automatic` holds styles of the content, `master` those of the pages. */
export function makeOdf(
  type: 'text' | 'spreadsheet' | 'presentation',
  body: string,
  { automatic = '', master = '', manifest = '' }: { automatic?: string; master?: string; manifest?: string } = {},
): Buffer {
  const files: Zippable = {
    mimetype: [strToU8(`application/vnd.oasis.opendocument.${type}`), { level: 0 }],
    'META-INF/manifest.xml': strToU8(`${XML}<manifest:manifest xmlns:manifest="urn:m">${manifest}</manifest:manifest>`),
    'content.xml': strToU8(
      `${XML}<office:document-content ${ODF}><office:automatic-styles>${automatic}</office:automatic-styles><office:body><office:${type}>${body}</office:${type}></office:body></office:document-content>`,
    ),
    'styles.xml': strToU8(
      `${XML}<office:document-styles ${ODF}><office:master-styles>${master}</office:master-styles></office:document-styles>`,
    ),
  };
  return Buffer.from(zipSync(files));
}

/** A presentation; each slide is the XML of its shapes, with the text of its notes when given. */
export function makePptx(slides: readonly { readonly shapes: string; readonly notes?: string }[]): Buffer {
  const space = 'xmlns:p="urn:p" xmlns:a="urn:a" xmlns:r="urn:r"';
  const parts: Record<string, string> = {
    '_rels/.rels': relations([['r1', 'officeDocument', 'ppt/presentation.xml']]),
    'ppt/presentation.xml': `${XML}<p:presentation ${space}><p:sldIdLst>${slides.map((_, i) => `<p:sldId id="${256 + i}" r:id="r${i}"/>`).join('')}</p:sldIdLst></p:presentation>`,
    // Parts are numbered in another order than they are shown.
    'ppt/_rels/presentation.xml.rels': relations(
      slides.map((_, i) => [`r${i}`, 'slide', `slides/slide${slides.length - i}.xml`] as const),
    ),
  };
  for (const [i, { shapes, notes }] of slides.entries()) {
    const name = `slide${slides.length - i}.xml`;
    parts[`ppt/slides/${name}`] = `${XML}<p:sld ${space}><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`;
    if (notes === undefined) continue;
    parts[`ppt/slides/_rels/${name}.rels`] = relations([['n', 'notesSlide', `../notesSlides/${name}`]]);
    parts[`ppt/notesSlides/${name}`] =
      `${XML}<p:notes ${space}><p:cSld><p:spTree>${shape('body', [notes])}${shape('sldNum', ['7'])}</p:spTree></p:cSld></p:notes>`;
  }
  return zipOf(parts);
}

/** A shape with paragraphs; `type` is the kind of placeholder, undefined for a text box. */
export function shape(type: string | undefined, paragraphs: readonly string[]): string {
  const holder = type === undefined ? '' : `<p:nvSpPr><p:nvPr><p:ph type="${type}"/></p:nvPr></p:nvSpPr>`;
  const text = paragraphs.map((line) => `<a:p><a:r><a:t>${line}</a:t></a:r></a:p>`).join('');
  return `<p:sp>${holder}<p:txBody>${text}</p:txBody></p:sp>`;
}

/** A book of XHTML chapters, listed in the package in reverse order, read in the given one. */
export function makeEpub(chapters: readonly string[], more: Readonly<Record<string, string>> = {}): Buffer {
  const items = chapters.map(
    (_, i) => `<item id="c${i}" href="text/chapter%20${i}.xhtml" media-type="application/xhtml+xml"/>`,
  );
  return zipOf({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml': `${XML}<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>`,
    'OPS/book.opf': `${XML}<package><metadata xmlns:dc="urn:dc"><dc:title>Die Reise</dc:title><dc:creator>June A.</dc:creator></metadata><manifest><item id="nav" properties="nav" href="nav.xhtml"/>${[...items].reverse().join('')}</manifest><spine><itemref idref="nav"/>${chapters.map((_, i) => `<itemref idref="c${i}"/>`).join('')}</spine></package>`,
    'OPS/nav.xhtml': '<html><body>Contents</body></html>',
    ...Object.fromEntries(
      chapters.map((body, i) => [
        `OPS/text/chapter ${i}.xhtml`,
        `${XML}<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Die Reise</title></head><body>${body}</body></html>`,
      ]),
    ),
    ...more,
  });
}
