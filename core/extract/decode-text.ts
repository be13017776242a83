import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { ENCODINGS, guessEncoding } from './guess-encoding.ts';
import { utf16WithoutMark } from './sniff.ts';

/** iconv-lite reads its modules and tables when an encoding is first used; the locked child could not. */
const UNICODE = ['utf-8', 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be'];
/** Loads what `decodeText` may need for these bytes, or for any when none are given. Called before the child is locked. */
export function prepareDecoding(bytes?: Uint8Array): void {
  for (const encoding of bytes && isUtf8(bytes) ? UNICODE : [...UNICODE, ...ENCODINGS]) iconv.getDecoder(encoding);
}

/**
 * Text of any encoding: byte order mark, UTF-16 by its NUL bytes, strict UTF-8, what an HTML page declares, and last a
 * guess. Never throws: bytes without meaning become U+FFFD.
 */
export function decodeText(bytes: Uint8Array, declared: string | null = null): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (startsWith(buffer, 0xff, 0xfe, 0, 0)) return iconv.decode(buffer, 'utf-32le');
  if (startsWith(buffer, 0, 0, 0xfe, 0xff)) return iconv.decode(buffer, 'utf-32be');
  if (startsWith(buffer, 0xff, 0xfe)) return iconv.decode(buffer, 'utf-16le');
  if (startsWith(buffer, 0xfe, 0xff)) return iconv.decode(buffer, 'utf-16be');
  // Before UTF-8, which ASCII letters with a NUL beside each are too.
  const wide = utf16WithoutMark(buffer);
  if (wide !== null) return iconv.decode(buffer, wide);
  if (isUtf8(buffer)) return iconv.decode(buffer, 'utf-8');
  return iconv.decode(buffer, known(declared) ?? guessEncoding(buffer));
}

function known(encoding: string | null): string | null {
  return encoding !== null && iconv.encodingExists(encoding) && !/^utf-?8$/i.test(encoding) ? encoding : null;
}

function startsWith(buffer: Buffer, ...bytes: number[]): boolean {
  return bytes.every((byte, index) => buffer[index] === byte);
}
