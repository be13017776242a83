import { inflateRawSync } from 'node:zlib';
import { Refusal } from '../ingest/extractor.ts';

/** Office programs stay far below it for a book of a thousand pages. */
const MAX_ENTRIES = 5000;
const MAX_INFLATED_BYTES = 32 << 20;

const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
/** Stands in a 32-bit field whose true value is in a ZIP64 record. */
const FAR = 0xffffffff;

/** One entry as the archive's own list describes it. Names have forward slashes and no leading one; they are never used as paths. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
  readonly encrypted: boolean;
}

/**
 * What a ZIP archive lists (APPNOTE.TXT 4.3.12), without inflating anything. Compares bytes and calls no library, so it
 * serves before the child is locked too. Throws Refusal for archives that are damaged or list too much.
 */
export function listZip(bytes: Uint8Array): ZipEntry[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = endOf(view);
  const { start, shift } = directoryOf(view, end);
  const entries: ZipEntry[] = [];
  let at = start;
  while (at + CENTRAL_BYTES <= end && view.readUInt32LE(at) === 0x02014b50) {
    if (entries.length >= MAX_ENTRIES) throw new Refusal('file-too-hard');
    const nameEnd = at + CENTRAL_BYTES + view.readUInt16LE(at + 28);
    const extraEnd = nameEnd + view.readUInt16LE(at + 30);
    if (extraEnd > end) break;
    const [size, packed, offset] = longFields(view, at, { start: nameEnd, end: extraEnd });
    entries.push({
      name: view
        .toString('utf8', at + CENTRAL_BYTES, nameEnd)
        .replaceAll('\\', '/')
        .replace(/^\//, ''),
      method: view.readUInt16LE(at + 10),
      packed,
      size,
      offset: offset + shift,
      encrypted: (view.readUInt16LE(at + 8) & 1) === 1,
    });
    at = extraEnd + view.readUInt16LE(at + 32);
  }
  if (entries.length === 0) throw new Refusal('file-damaged');
  return entries;
}

/** Place of the record that ends an archive; behind it stands at most a comment. */
function endOf(view: Buffer): number {
  const lowest = Math.max(0, view.length - END_BYTES - 0xffff);
  for (let at = view.length - END_BYTES; at >= lowest; at--) if (view.readUInt32LE(at) === 0x06054b50) return at;
  throw new Refusal('file-damaged');
}

/** `shift`: bytes that stand before the archive (a program that unpacks it); offsets don't count them. */
function directoryOf(view: Buffer, end: number): { start: number; shift: number } {
  let length = view.readUInt32LE(end + 12);
  let start = view.readUInt32LE(end + 16);
  let limit = end;
  if (start === FAR || length === FAR) {
    const locator = end - 20;
    if (locator < 0 || view.readUInt32LE(locator) !== 0x07064b50) throw new Refusal('file-damaged');
    limit = Number(view.readBigUInt64LE(locator + 8));
    if (limit + 56 > view.length || view.readUInt32LE(limit) !== 0x06064b50) throw new Refusal('file-damaged');
    length = Number(view.readBigUInt64LE(limit + 40));
    start = Number(view.readBigUInt64LE(limit + 48));
  }
  if (start + 4 <= view.length && view.readUInt32LE(start) === 0x02014b50) return { start, shift: 0 };
  if (length > limit) throw new Refusal('file-damaged');
  return { start: limit - length, shift: limit - length - start };
}

/** Size, packed size and offset; those that don't fit into 32 bits stand in the ZIP64 extra field, in this order. */
function longFields(view: Buffer, at: number, extra: { start: number; end: number }): [number, number, number] {
  const fields = [view.readUInt32LE(at + 24), view.readUInt32LE(at + 20), view.readUInt32LE(at + 42)];
  for (let place = extra.start; place + 4 <= extra.end; place += 4 + view.readUInt16LE(place + 2)) {
    if (view.readUInt16LE(place) !== 1) continue;
    let value = place + 4;
    for (let i = 0; i < 3; i++) {
      if (fields[i] !== FAR || value + 8 > extra.end) continue;
      fields[i] = Number(view.readBigUInt64LE(value));
      value += 8;
    }
    break;
  }
  return fields as [number, number, number];
}

/**
 * The parts of an office file, inflated one at a time when they are asked for. All that is inflated is capped together, by
 * what the archive declares before anything is inflated; a part that holds more than it declares is damaged.
 */
export class ZipParts {
  readonly #bytes: Uint8Array;
  readonly #entries = new Map<string, ZipEntry>();
  #left: number;

  constructor(bytes: Uint8Array, inflatedBytes = MAX_INFLATED_BYTES) {
    this.#bytes = bytes;
    this.#left = inflatedBytes;
    for (const entry of listZip(bytes)) this.#entries.set(entry.name, entry);
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** A part's bytes; undefined when there is none. Throws Refusal when it is encrypted, damaged, or too large with those before it. */
  read(name: string): Uint8Array | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    if (entry.encrypted) throw new Refusal('file-encrypted');
    // A stored entry yields as much as it occupies, whatever it declares; several may share the same bytes.
    this.#left -= entry.method === 0 ? Math.max(entry.packed, entry.size) : entry.size;
    if (this.#left < 0) throw new Refusal('file-too-hard');
    return inflate(this.#bytes, entry);
  }

  /** As `read`; throws Refusal `file-damaged` when the part is missing. */
  need(name: string): Uint8Array {
    const part = this.read(name);
    if (part === undefined) throw new Refusal('file-damaged');
    return part;
  }
}

function inflate(bytes: Uint8Array, { offset, packed, method, size }: ZipEntry): Uint8Array {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (offset < 0 || offset + LOCAL_BYTES > view.length || view.readUInt32LE(offset) !== 0x04034b50)
    throw new Refusal('file-damaged');
  const start = offset + LOCAL_BYTES + view.readUInt16LE(offset + 26) + view.readUInt16LE(offset + 28);
  if (start + packed > view.length) throw new Refusal('file-damaged');
  const data = view.subarray(start, start + packed);
  if (method === 0) return data;
  if (method !== 8) throw new Refusal('file-damaged');
  if (size === 0) return data.subarray(0, 0);
  try {
    // One piece, so that large parts are not held twice.
    return inflateRawSync(data, { maxOutputLength: size, chunkSize: Math.max(64, size + 1) });
  } catch {
    throw new Refusal('file-damaged');
  }
}
