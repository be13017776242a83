import { crc32, deflateRawSync } from 'node:zlib';
import { strToU8, type Zippable, zipSync } from 'fflate';

/** A member of an archive that may lie. */
export interface RawMember {
  readonly name: string;
  readonly bytes: Buffer;
  /** What the directory says it inflates to; the truth when left out. */
  readonly declares?: number;
}

/** Deflated members under any names (several of one name too), with sizes as they say. */
export function rawZip(members: readonly RawMember[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, declares = bytes.length } of members) {
    const packed = deflateRawSync(bytes);
    const facts = factsOf({ name, packed, declares, crc: crc32(bytes) });
    bodies.push(Buffer.from('PK\x03\x04', 'latin1'), facts, Buffer.from(name), packed);
    directory.push(central(facts, name, at));
    at += 4 + facts.length + Buffer.byteLength(name) + packed.length;
  }
  return Buffer.concat([...bodies, ...directory, endOf(directory, at)]);
}

/** Many members that share the bytes of one: a small file that inflates to `copies` times `bytes` (as published by David Fifield). */
export function overlappingZip(bytes: Buffer, copies: number): Buffer {
  const packed = deflateRawSync(bytes);
  const facts = factsOf({ name: 'a', packed, declares: bytes.length, crc: crc32(bytes) });
  const body = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, Buffer.from('a'), packed]);
  const directory = Array.from({ length: copies }, () => central(facts, 'a', 0));
  return Buffer.concat([body, ...directory, endOf(directory, body.length)]);
}

/** Archives in archives: each level holds `width` copies of the one below. */
export function nestedZip(depth: number, width: number, innermost: Uint8Array): Buffer {
  let inner: Uint8Array = innermost;
  for (let level = 0; level < depth; level++) {
    const parts: Zippable = {};
    for (let i = 0; i < width; i++) parts[level === 0 ? `${i}.txt` : `${i}.zip`] = inner;
    inner = zipSync(parts);
  }
  return Buffer.from(inner);
}

/** Many empty members. */
export function crowdedZip(count: number): Buffer {
  return Buffer.from(zipSync(Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.txt`, strToU8('')]))));
}

function factsOf({
  name,
  packed,
  declares,
  crc,
}: {
  name: string;
  packed: Buffer;
  declares: number;
  crc: number;
}): Buffer {
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(8, 4);
  facts.writeUInt32LE(crc, 10);
  facts.writeUInt32LE(packed.length, 14);
  facts.writeUInt32LE(declares, 18);
  facts.writeUInt16LE(Buffer.byteLength(name), 22);
  return facts;
}

function central(facts: Buffer, name: string, at: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(at, 10);
  return Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), facts, rest, Buffer.from(name)]);
}

function endOf(directory: readonly Buffer[], start: number): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length & 0xffff, 8);
  end.writeUInt16LE(directory.length & 0xffff, 10);
  end.writeUInt32LE(
    directory.reduce((sum, { length }) => sum + length, 0),
    12,
  );
  end.writeUInt32LE(start, 16);
  return end;
}
