/** What an OLE compound file may be. `encrypted`: a newer office file behind a password. `ole`: none that we know. */
export type OleKind = 'doc' | 'xls' | 'ppt' | 'msg' | 'encrypted' | 'ole';

/** Streams and storages right below the root, which tell the formats apart ([MS-DOC] 2.1, [MS-XLS] 2.1, [MS-OXMSG] 2.2, [MS-OFFCRYPTO] 1.3.1). */
const BY_STREAM: readonly (readonly [string, OleKind])[] = [
  ['EncryptedPackage', 'encrypted'],
  ['__properties_version1.0', 'msg'],
  ['WordDocument', 'doc'],
  ['Workbook', 'xls'],
  ['Book', 'xls'],
  ['PowerPoint Document', 'ppt'],
];

const HEADER_BYTES = 512;
const ENTRY_BYTES = 128;
const IN_HEADER = 109;
const NO_ENTRY = 0xffffffff;
/** Directory sectors that are looked at; honest files have a few dozen. */
const MOST_SECTORS = 4096;

/**
 * Tells the formats apart that are compound files ([MS-CFB]): walks the directory from the root entry and looks at the
 * names right below it, so that a table embedded in a letter does not count. Compares bytes and throws nothing.
 */
export function oleKind(bytes: Uint8Array): OleKind {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    const { sectorBytes, starts } = topStreams(view);
    const kind = BY_STREAM.find(([name]) => starts.has(name))?.[1] ?? 'ole';
    if (kind !== 'doc') return kind;
    // fEncrypted of the FIB, with which the stream begins ([MS-DOC] 2.5.2).
    const flags = view.readUInt16LE((starts.get('WordDocument')! + 1) * sectorBytes + 10);
    return (flags & 0x0100) !== 0 ? 'encrypted' : 'doc';
  } catch {
    // A sector that lies outside of the file.
    return 'ole';
  }
}

/** Names right below the root, with the first sector of each. */
function topStreams(view: Buffer): { sectorBytes: number; starts: Map<string, number> } {
  const sectorBytes = view.readUInt16LE(30) === 12 ? 4096 : 512;
  const sector = (index: number) => view.subarray((index + 1) * sectorBytes, (index + 2) * sectorBytes);
  const directory: Buffer[] = [];
  const perSector = sectorBytes / 4;
  for (let index = view.readUInt32LE(48); index < 0xfffffff0 && directory.length < MOST_SECTORS; ) {
    directory.push(sector(index));
    const table = sector(tableAt(view, Math.floor(index / perSector), sector));
    index = table.readUInt32LE((index % perSector) * 4);
  }
  return { sectorBytes, starts: streamsBelowRoot(Buffer.concat(directory)) };
}

/** Sector of the nth allocation table: the first 109 are listed in the header, the others in a chain of sectors. */
function tableAt(view: Buffer, n: number, sector: (index: number) => Buffer): number {
  if (n < IN_HEADER) return view.readUInt32LE(76 + n * 4);
  let list = sector(view.readUInt32LE(68));
  let left = n - IN_HEADER;
  // The last place of each list names the next one.
  for (const places = list.length / 4 - 1; left >= places; left -= places) {
    if (places < 1) break;
    list = sector(list.readUInt32LE(places * 4));
  }
  return list.readUInt32LE(left * 4);
}

/** The root's children form a binary tree over the left and right siblings. */
function streamsBelowRoot(directory: Buffer): Map<string, number> {
  const starts = new Map<string, number>();
  const seen = new Set<number>();
  const open = [directory.readUInt32LE(76)];
  while (open.length > 0) {
    const at = open.pop()! * ENTRY_BYTES;
    if (at + ENTRY_BYTES > directory.length || seen.has(at)) continue;
    seen.add(at);
    const length = Math.min(64, directory.readUInt16LE(at + 64));
    starts.set(directory.toString('utf16le', at, at + Math.max(0, length - 2)), directory.readUInt32LE(at + 116));
    for (const place of [68, 72]) {
      const next = directory.readUInt32LE(at + place);
      if (next !== NO_ENTRY) open.push(next);
    }
  }
  return starts;
}

/** True for the head of a compound file. */
export function isOle(bytes: Uint8Array): boolean {
  return bytes.length >= HEADER_BYTES && Buffer.from(bytes.subarray(0, 8)).toString('hex') === 'd0cf11e0a1b11ae1';
}
