import { DOCUMENT_KINDS, type DocumentKind } from '../document.ts';
import { nameZip } from './name-zip.ts';
import { sniff } from './sniff.ts';

/** Every Outlook message has this stream right in its root; names in OLE files are UTF-16. */
const MSG_STREAM = Buffer.from('__properties_version1.0', 'utf16le');

/**
 * Which extractor reads these bytes; `other` when none does. Asked about the file itself before the child is locked, and
 * about files inside it, so it compares bytes and calls no library.
 */
export function findKind(bytes: Uint8Array, extension: string): DocumentKind | 'other' {
  const sniffed = sniff(bytes, extension);
  if (sniffed === 'zip') return readable(nameZip(bytes));
  if (sniffed === 'ole') return hasStream(bytes, MSG_STREAM) ? 'msg' : 'other';
  return sniffed;
}

function hasStream(bytes: Uint8Array, name: Buffer): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(name);
}

function readable(name: string): DocumentKind | 'other' {
  return DOCUMENT_KINDS.find((kind) => kind === name) ?? 'other';
}
