import { deflateSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { makeDocx } from '../core/ingest/make-docx.ts';
import { makeMail } from '../core/ingest/make-mail.ts';

/** A list of made things. */
export function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** An archive of texts; a mimetype first is stored, as OpenDocument and EPUB ask. */
export function zipOf(parts: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(
    zipSync(
      Object.fromEntries(
        Object.entries(parts).map(([name, text]) => [
          name,
          name === 'mimetype' ? [strToU8(text), { level: 0 }] : strToU8(text),
        ]),
      ),
    ),
  );
}

/** A Word file with this as its document part. */
export function docxOf(xml: string): Buffer {
  return makeDocx('', { 'word/document.xml': xml });
}

/** A workbook of one sheet with these rows; `doctype` stands before the sheet. */
export function xlsxOf(sheetRows: string, dimension = 'A1', doctype = ''): Buffer {
  const types = 'http://schemas.openxmlformats.org';
  return zipOf({
    '[Content_Types].xml': `<Types xmlns="${types}/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="${types}/package/2006/relationships"><Relationship Id="r1" Type="${types}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${types}/spreadsheetml/2006/main" xmlns:r="${types}/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${types}/package/2006/relationships"><Relationship Id="r1" Type="${types}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `<?xml version="1.0"?>${doctype}<worksheet xmlns="${types}/spreadsheetml/2006/main"><dimension ref="${dimension}"/><sheetData>${sheetRows}</sheetData></worksheet>`,
  });
}

/** That many rows of one figure. */
export function rows(count: number): string {
  return many(count, (i) => `<row r="${i + 1}"><c r="A${i + 1}"><v>1</v></c></row>`).join('');
}

/** A spreadsheet of one sheet with this row. */
export function odsOf(row: string): Buffer {
  return zipOf({
    mimetype: 'application/vnd.oasis.opendocument.spreadsheet',
    'content.xml': `<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="S">${row}</table:table></office:spreadsheet></office:body></office:document-content>`,
  });
}

/** A PDF with this as its page tree. */
export function pdfOf(pages: string): string {
  return `%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n${pages}\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF`;
}

/** A PDF whose only page has this packed content. */
export function streamPdf(packed: Buffer, filters = '/FlateDecode'): Buffer {
  const head = `%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>\nendobj\n4 0 obj\n<</Length ${packed.length}/Filter[${filters}]>>stream\n`;
  return Buffer.concat([Buffer.from(head), packed, Buffer.from('\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF')]);
}

/** Fifty megabytes of nothing, packed again and again. */
export function packedTimes(times: number): Buffer {
  let packed: Buffer = Buffer.alloc(50 << 20);
  for (let i = 0; i < times; i++) packed = deflateSync(packed);
  return packed;
}

/** A mail whose parts lie in each other. */
export function nestedParts(depth: number): string {
  const open = many(depth, (i) => `Content-Type: multipart/mixed; boundary="b${i}"\n\n--b${i}\n`).join('');
  return `MIME-Version: 1.0\n${open}Content-Type: text/plain\n\nx\n`;
}

/** Mails forwarded in mails. */
export function nestedMails(depth: number): Buffer {
  let mail = makeMail({ text: 'x' });
  for (let i = 0; i < depth; i++)
    mail = makeMail({ text: `${i}`, files: [{ type: 'message/rfc822', bytes: mail.toString() }] });
  return mail;
}

/** A calendar of events with these lines. */
export function calendar(events: readonly string[]): string {
  return `BEGIN:VCALENDAR\n${events.map((event) => `BEGIN:VEVENT\nSUMMARY:a\n${event}\nEND:VEVENT\n`).join('')}END:VCALENDAR\n`;
}
