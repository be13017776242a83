import { isUtf8 } from 'node:buffer';
import { inflateSync } from 'fflate';
import iconv from 'iconv-lite';
import { Refusal } from '../ingest/extractor.ts';

/** One file of an archive, as its directory describes it; every figure may be a lie. */
export interface ZipEntry {
  readonly name: string;
  readonly encrypted: boolean;
  /** 0 stored, 8 deflated; nothing else is read. */
  readonly method: number;
  /** Bytes in the archive. */
  readonly packed: number;
  /** Bytes after inflating, as declared. */
  readonly size: number;
  /** Where its local header stands. */
  readonly at: number;
}

const MOST_ENTRIES = 5000;
const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const BIG = 0xffffffff;

// Loaded while the module loads: names without the UTF-8 flag are in the code page of DOS.
iconv.getDecoder('cp437');

/**
 * The entries of a ZIP archive by its central directory (PKWARE APPNOTE 4.3.12-4.3.16), without inflating any: compares
 * bytes only, so it may run before the child is locked. Throws Refusal `file-damaged` when there is no sound directory
 * and `file-too-hard` for more entries or bytes than an honest archive has.
 */
export function readZipDirectory(bytes: Uint8Array): ZipEntry[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const { count, start } = findEnd(view);
  if (count > MOST_ENTRIES) throw new Refusal('file-too-hard');
  const entries: ZipEntry[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    if (at + 46 > view.length || view.readUInt32LE(at) !== CENTRAL) throw new Refusal('file-damaged');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) => view.readUInt16LE(at + offset));
    entries.push(readEntry(view, at, nameBytes!, extraBytes!));
    at += 46 + nameBytes! + extraBytes! + commentBytes!;
  }
  // Entries that share their bytes make a bomb out of a small file.
  if (entries.reduce((sum, { packed }) => sum + packed, 0) > view.length) throw new Refusal('file-too-hard');
  return entries;
}

/**
 * The bytes of an entry. Never more than the declared size is taken: what inflates to more is refused as `file-damaged`,
 * as is a method that is not read.
 */
export function unpack(bytes: Uint8Array, entry: ZipEntry): Uint8Array {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (entry.at + 30 > view.length || view.readUInt32LE(entry.at) !== LOCAL) throw new Refusal('file-damaged');
  const start = entry.at + 30 + view.readUInt16LE(entry.at + 26) + view.readUInt16LE(entry.at + 28);
  if (start + entry.packed > view.length) throw new Refusal('file-damaged');
  const packed = bytes.subarray(start, start + entry.packed);
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw new Refusal('file-damaged');
  return inflate(packed, entry.size);
}

/** One byte more than declared, so that a lie shows; fflate throws when its output is full and never grows it. */
function inflate(packed: Uint8Array, size: number): Uint8Array {
  const inflated = inflateSync(packed, { out: new Uint8Array(size + 1) });
  if (inflated.length > size) throw new Refusal('file-damaged');
  return inflated;
}

function readEntry(view: Buffer, at: number, nameBytes: number, extraBytes: number): ZipEntry {
  const flags = view.readUInt16LE(at + 8);
  const name = view.subarray(at + 46, at + 46 + nameBytes);
  const extra = view.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
  const [packed, size, header] = wide(
    extra,
    view.readUInt32LE(at + 20),
    view.readUInt32LE(at + 24),
    view.readUInt32LE(at + 42),
  );
  return {
    name: isUtf8(name) ? name.toString('utf8') : iconv.decode(name, 'cp437'),
    encrypted: (flags & 1) === 1,
    method: view.readUInt16LE(at + 10),
    packed,
    size,
    at: header,
  };
}

/** Figures that stand in the ZIP64 field (4.5.3) because they did not fit; in its order: size, packed, offset. */
function wide(extra: Buffer, packed: number, size: number, at: number): [number, number, number] {
  if (packed !== BIG && size !== BIG && at !== BIG) return [packed, size, at];
  let field = 0;
  while (field + 4 <= extra.length && extra.readUInt16LE(field) !== 1) field += 4 + extra.readUInt16LE(field + 2);
  let next = field + 4;
  const take = (narrow: number) => {
    if (narrow !== BIG) return narrow;
    if (next + 8 > extra.length) throw new Refusal('file-damaged');
    next += 8;
    return Number(extra.readBigUInt64LE(next - 8));
  };
  const wideSize = take(size);
  return [take(packed), wideSize, take(at)];
}

/** The end record, looked for from the end. A ZIP64 record in front of it says what it has no room for. */
function findEnd(view: Buffer): { count: number; start: number } {
  const last = Math.max(0, view.length - END_BYTES - LONGEST_COMMENT);
  for (let at = view.length - END_BYTES; at >= last; at--) {
    if (view.readUInt32LE(at) !== END) continue;
    const count = view.readUInt16LE(at + 10);
    const start = view.readUInt32LE(at + 16);
    return count === 0xffff || start === BIG ? findWideEnd(view, at) : { count, start };
  }
  throw new Refusal('file-damaged');
}

function findWideEnd(view: Buffer, end: number): { count: number; start: number } {
  const locator = end - 20;
  if (locator < 0 || view.readUInt32LE(locator) !== 0x07064b50) throw new Refusal('file-damaged');
  const at = Number(view.readBigUInt64LE(locator + 8));
  if (at + 56 > view.length || view.readUInt32LE(at) !== 0x06064b50) throw new Refusal('file-damaged');
  return { count: Number(view.readBigUInt64LE(at + 32)), start: Number(view.readBigUInt64LE(at + 48)) };
}
