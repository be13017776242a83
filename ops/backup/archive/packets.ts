import { backupDamaged } from './manifest.ts';

/** The kinds of OpenPGP packets that an archive is made of (RFC 9580, 5). */
export const TAG = { sessionKey: 1, compressed: 8, marker: 10, literal: 11, sealed: 18, checkSum: 19 } as const;

const MOST = 2 ** 30;

/** Bytes that come in pieces, to be read by number. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** What is there, at most so many bytes; empty at the end. */
  async some(most: number): Promise<Uint8Array> {
    while (this.#piece.length === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return this.#piece;
      this.#piece = next.value;
    }
    const part = this.#piece.subarray(0, most);
    this.#piece = this.#piece.subarray(part.length);
    return part;
  }

  /** Exactly so many bytes. Throws AppError (`backup-damaged`) when there are fewer. */
  async exactly(bytes: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for (let left = bytes; left > 0; ) {
      const part = await this.some(left);
      if (part.length === 0) throw cutOff();
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }

  async byte(): Promise<number> {
    return (await this.exactly(1))[0]!;
  }

  /** The next byte, or undefined at the end. */
  async byteOrEnd(): Promise<number | undefined> {
    return (await this.some(1))[0];
  }

  /** All that is left, as it comes. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let part = await this.some(MOST); part.length > 0; part = await this.some(MOST)) yield part;
  }

  /** Ends whatever makes the bytes. */
  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/** A packet while it is read: its body is read to its end before the next one. */
export interface Packet {
  readonly tag: number;
  readonly body: AsyncGenerator<Uint8Array>;
}

/** The next packet; undefined at the end. Throws AppError (`backup-damaged`) for what is none. */
export async function nextPacket(reader: ByteReader): Promise<Packet | undefined> {
  const first = await reader.byteOrEnd();
  if (first === undefined) return undefined;
  if ((first & 0x80) === 0) throw backupDamaged('it is no OpenPGP message');
  if ((first & 0x40) !== 0) return { tag: first & 0x3f, body: bodyOf(reader) };
  return { tag: (first >> 2) & 0x0f, body: oldBodyOf(reader, first & 3) };
}

/** All of a body that is small. Throws AppError (`backup-damaged`) when it is larger than `most`. */
export async function wholeBody({ body }: Packet, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > most) throw backupDamaged('a packet in it is larger than any of ours');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** RFC 9580, 4.2.1: lengths of one, two and five bytes, and partial ones. */
async function* bodyOf(reader: ByteReader): AsyncGenerator<Uint8Array> {
  for (;;) {
    const first = await reader.byte();
    if (first >= 224 && first < 255) {
      yield* parts(reader, 2 ** (first & 0x1f));
      continue;
    }
    if (first < 192) yield* parts(reader, first);
    else if (first < 224) yield* parts(reader, ((first - 192) << 8) + (await reader.byte()) + 192);
    else yield* parts(reader, (await reader.exactly(4)).readUInt32BE());
    return;
  }
}

/** RFC 9580, 4.2.2. */
async function* oldBodyOf(reader: ByteReader, kind: number): AsyncGenerator<Uint8Array> {
  if (kind === 3) {
    yield* reader.rest();
    return;
  }
  yield* parts(reader, (await reader.exactly(2 ** kind)).readUIntBE(0, 2 ** kind));
}

async function* parts(reader: ByteReader, bytes: number): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0; ) {
    const part = await reader.some(left);
    if (part.length === 0) throw cutOff();
    left -= part.length;
    yield part;
  }
}

function cutOff() {
  return backupDamaged('it is cut off');
}
