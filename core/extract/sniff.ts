import type { DocumentKind } from '../document.ts';
import { isOle, oleKind } from './ole-kind.ts';
import { type ZipKind, zipKind } from './zip-kind.ts';

/**
 * What the first look says. `encrypted` is an office file behind a password; `other` is named more closely once the child
 * is locked.
 */
export type Sniffed = DocumentKind | ZipKind | 'encrypted' | 'other';

const LOOK_BYTES = 1 << 16;

const BY_EXTENSION: Readonly<Record<string, Sniffed>> = {
  md: 'md',
  markdown: 'md',
  csv: 'csv',
  tsv: 'csv',
  // Banks and shops call lists so that Excel opens them.
  xls: 'csv',
  html: 'html',
  htm: 'html',
  xhtml: 'html',
};

/**
 * Decides what a file, or a file inside it, is from its bytes. The name's extension only chooses among kinds of text, after the bytes said
 * "text". Runs before the child is locked, so it compares bytes and calls no library.
 */
export function sniff(bytes: Uint8Array, extension: string): Sniffed {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, LOOK_BYTES));
  // Byte order marks first: libraries take UTF-16 text for sound files.
  if (hasByteOrderMark(head)) return textKind(head, extension);
  if (startsWith(head, '%PDF-')) return 'pdf';
  if (startsWith(head, 'PK\x03\x04')) return zipKind(bytes, extension);
  if (isOle(bytes)) return officeKind(bytes);
  if (isPicture(head)) return 'image';
  // Before control characters are looked for: a mail may hold anything behind its head.
  if (isMail(textStart(head), extension)) return 'eml';
  if (utf16WithoutMark(head) !== null || !head.some(isControl)) return textKind(head, extension);
  if (head.subarray(0, 1024).includes('%PDF-')) return 'pdf';
  return 'other';
}

/** Pictures that text recognition takes. BMP by its reserved zeros too: "BM" begins many a word. */
function isPicture(head: Buffer): boolean {
  if (startsWith(head, '\xff\xd8\xff') || startsWith(head, '\x89PNG\r\n\x1a\n')) return true;
  if (startsWith(head, 'RIFF') && head.toString('latin1', 8, 12) === 'WEBP') return true;
  return startsWith(head, 'BM') && head.length > 26 && head.readUInt32LE(6) === 0;
}

/** True for UTF-8, UTF-16 and UTF-32 with a byte order mark. */
export function hasByteOrderMark(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  if (a === 0 && b === 0) return c === 0xfe && d === 0xff;
  return (a === 0xef && b === 0xbb && c === 0xbf) || (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
}

/** UTF-16 without a mark, told by where the NUL bytes of its ASCII letters stand; null when it is something else. */
export function utf16WithoutMark(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const head = bytes.subarray(0, Math.min(bytes.length, 4096) & ~1);
  if (head.length < 4) return null;
  if (isUtf16(head, 0)) return 'utf-16le';
  return isUtf16(head, 1) ? 'utf-16be' : null;
}

/** `low` is the place of the low byte in a pair. Binary formats have NULs on both sides, or controls where letters should be. */
function isUtf16(head: Uint8Array, low: 0 | 1): boolean {
  let narrow = 0;
  for (let i = 0; i < head.length; i += 2) {
    if (head[i + 1 - low] !== 0) continue;
    if (isControl(head[i + low]!)) return false;
    narrow++;
  }
  return narrow > head.length * 0.2;
}

/** Tab, line feed, form feed, carriage return and escape occur in text files; the others do not. */
function isControl(byte: number): boolean {
  return byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27;
}

function startsWith(head: Buffer, magic: string): boolean {
  return head.subarray(0, magic.length).equals(Buffer.from(magic, 'latin1'));
}

function officeKind(bytes: Uint8Array): Sniffed {
  const kind = oleKind(bytes);
  return kind === 'ppt' || kind === 'ole' ? 'other' : kind;
}

function textKind(head: Buffer, extension: string): Sniffed {
  const start = textStart(head);
  if (/^(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b/is.test(start)) return 'html';
  if (start.startsWith('{\\rtf')) return 'rtf';
  if (/^BEGIN:VCALENDAR\b/i.test(start)) return 'ics';
  if (/^BEGIN:VCARD\b/i.test(start)) return 'vcf';
  if (isMail(start, extension)) return 'eml';
  // Excel's XML of 2003, which the library for old workbooks reads.
  if (
    /^<\?xml[^>]*>\s*(?:<\?[^>]*>\s*)?<(?:ss:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet/.test(start)
  )
    return 'xls';
  // Text formats with a structure of their own: shown as plain text they would be mostly noise.
  if (/^(?:<\?xml|<svg)/i.test(start)) return 'other';
  return BY_EXTENSION[extension] ?? 'txt';
}

/** The first letters of a text in ASCII, whatever its encoding. */
function textStart(head: Buffer): string {
  return head
    .toString('latin1', 0, 4096)
    .replaceAll('\0', '')
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .trimStart();
}

/** True for the head of a mail; shown as text it would be mostly attachments in base64. A file called .eml needs less proof. */
function isMail(start: string, extension: string): boolean {
  const head = start.replace(/^From [^\n]*\n/, '').split(/\r?\n\r?\n/, 1)[0]!;
  if (!/^[a-z][a-z0-9-]*:[ \t\r\n]/i.test(head)) return false;
  const proof = extension === 'eml' ? /^(?:from|to|subject|date|received|mime-version):/im : STRONG_PROOF;
  return proof.test(head);
}

const STRONG_PROOF = /^(?:mime-version|message-id|received|return-path):[ \t]/im;
