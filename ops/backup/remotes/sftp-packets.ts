/** Types of packets of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 3). */
export const TYPE = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  openDir: 11,
  readDir: 12,
  remove: 13,
  stat: 17,
  rename: 18,
  status: 101,
  handle: 102,
  data: 103,
  names: 104,
  attributes: 105,
  extended: 200,
} as const;

/** Codes of a status (section 7). */
export const STATUS = { ok: 0, end: 1, noSuchFile: 2, denied: 3 } as const;

/** Flags of an opened file (section 6.3). */
export const OPEN = { read: 1, write: 2, create: 8, truncate: 16 } as const;

/** One field of a request: a number is 32 bits, a bigint 64, texts and bytes carry their length. */
export type Field = number | bigint | string | Buffer;

/** A packet: its length, its type, its fields. */
export function packet(type: number, fields: readonly Field[]): Buffer {
  const body = Buffer.concat(fields.map(encoded));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length + 1);
  head.writeUInt8(type, 4);
  return Buffer.concat([head, body]);
}

function encoded(field: Field): Buffer {
  if (typeof field === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(field);
    return bytes;
  }
  if (typeof field === 'bigint') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(field);
    return bytes;
  }
  const content = Buffer.from(field as string);
  return Buffer.concat([encoded(content.length), content]);
}

/** Reads fields of an answer in order. Throws RangeError past its end. */
export class PacketReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  uint32(): number {
    const value = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  bytes(): Buffer {
    const length = this.uint32();
    if (this.#at + length > this.#bytes.length) throw new RangeError('an SFTP packet ends in the middle');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  more(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** Size and whether it is a regular file (section 5); undefined where the far side does not say. */
  attributes(): { readonly bytes: number | undefined; readonly isFile: boolean | undefined } {
    const flags = this.uint32();
    const high = flags & 1 ? this.uint32() : 0;
    const bytes = flags & 1 ? high * 2 ** 32 + this.uint32() : undefined;
    if (flags & 2) this.#at += 8;
    const mode = flags & 4 ? this.uint32() : undefined;
    if (flags & 8) this.#at += 8;
    if (flags & 0x80000000) for (let left = this.uint32(); left > 0; left--) [this.bytes(), this.bytes()];
    return { bytes, isFile: mode === undefined ? undefined : (mode & 0o170000) === 0o100000 };
  }
}
