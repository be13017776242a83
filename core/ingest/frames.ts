/** Frames between the reader and its child: 4 bytes length (big endian), then that many bytes of JSON in UTF-8. */

/** No honest frame is longer: page text is cut into pieces of 64 Ki characters, at most six bytes each in JSON. */
export const MAX_FRAME_BYTES = 1 << 19;

/** One message as a frame; used on both sides. */
export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

/**
 * Cuts a byte stream into frames. Used by the parent on what the child sends, so every length is distrusted: it holds at
 * most one frame, and throws RangeError for a longer one and SyntaxError for what is no JSON.
 */
export class FrameDecoder {
  #held: Buffer = Buffer.alloc(0);

  /** The messages that are complete now, oldest first. */
  push(chunk: Buffer): unknown[] {
    let rest = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const messages: unknown[] = [];
    while (rest.length >= 4) {
      const length = rest.readUInt32BE();
      if (length > MAX_FRAME_BYTES) throw new RangeError('frame too long');
      if (rest.length < 4 + length) break;
      messages.push(JSON.parse(rest.toString('utf8', 4, 4 + length)));
      rest = rest.subarray(4 + length);
    }
    // A copy: a view would keep the whole chunk alive.
    this.#held = Buffer.from(rest);
    return messages;
  }
}
