import { Refusal } from '../ingest/extractor.ts';
import { decodeText } from './decode-text.ts';

/** First bytes of what Outlook packs attachments into ("winmail.dat"). Source of the format: [MS-OXTNEF]. */
const SIGNATURE = 0x223e9f78;
const HEAD_BYTES = 6;
const RECORD_BYTES = 9;

/** As many as are read inside of one file (members.ts): an empty one takes eleven bytes here, and much more in memory. */
const MOST_FILES = 1000;

/** Attributes by the lower half of their ids: an attachment begins, its name, its bytes. */
const [BEGIN, TITLE, DATA] = [0x9002, 0x8010, 0x800f];

/** A file out of such a package. */
export interface TnefFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function isTnef(bytes: Uint8Array): boolean {
  return bytes.length > HEAD_BYTES && viewOf(bytes).getUint32(0, true) === SIGNATURE;
}

/**
 * The attachments in a package, as far as it is whole; those without bytes are left out. The mail's own text stands beside
 * it. Throws Refusal `file-too-hard` for more of them than anybody packs.
 */
export function tnefFiles(bytes: Uint8Array): TnefFile[] {
  const view = viewOf(bytes);
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (let at = HEAD_BYTES; at + RECORD_BYTES <= bytes.length; ) {
    const id = view.getUint32(at + 1, true) & 0xffff;
    const start = at + RECORD_BYTES;
    const end = start + view.getUint32(at + 5, true);
    if (end > bytes.length) break;
    const value = bytes.subarray(start, end);
    const file = files.at(-1);
    if (id === BEGIN && files.length >= MOST_FILES) throw new Refusal('file-too-hard');
    if (id === BEGIN) files.push({ name: '', bytes: new Uint8Array() });
    else if (file && id === TITLE) file.name = decodeText(value).replace(/\0.*$/s, '');
    else if (file && id === DATA) file.bytes = value;
    // A checksum of two bytes follows.
    at = end + 2;
  }
  return files.filter((file) => file.bytes.length > 0);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
