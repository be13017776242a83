import { createCipheriv } from 'node:crypto';

const BLOCK = 16;
/** Multiples of a block. */
const PIECE_BYTES = 2 ** 18;
const KEPT_BYTES = 32;

/**
 * AES in CFB mode undone, from a first block of zeros on (NIST SP 800-38A, 6.3). Every block of it can be opened at once, which OpenSSL's own
 * CFB does not do: it takes three times as long. `cipher` is the name of the bare cipher (`aes-256-ecb`), which encrypts the blocks before, each to
 * be added to the next. Gives large pieces; the last one holds at least 32 bytes when there are so many.
 */
export async function* openCfb(
  sealed: AsyncIterable<Uint8Array>,
  { cipher, key }: { readonly cipher: string; readonly key: Uint8Array },
): AsyncGenerator<Buffer> {
  const blocks = createCipheriv(cipher, key, null).setAutoPadding(false);
  // The block before, then what is to be opened.
  const held = new Uint8Array(BLOCK + PIECE_BYTES);
  let filled = 0;
  const opened = (bytes: number) => {
    const mask = blocks.update(held.subarray(0, Math.ceil(bytes / BLOCK) * BLOCK));
    addTo(mask, held.subarray(BLOCK));
    return mask.subarray(0, bytes);
  };
  for await (const part of sealed) {
    for (let at = 0; at < part.length; ) {
      if (filled === PIECE_BYTES) {
        yield opened(PIECE_BYTES - KEPT_BYTES);
        held.copyWithin(0, PIECE_BYTES - KEPT_BYTES);
        filled = KEPT_BYTES;
      }
      const taken = Math.min(PIECE_BYTES - filled, part.length - at);
      held.set(part.subarray(at, at + taken), BLOCK + filled);
      filled += taken;
      at += taken;
    }
  }
  yield opened(filled);
}

/** Adds (XOR) `other` to whole blocks, four words at a time: that alone makes it fast. */
function addTo(blocks: Uint8Array, other: Uint8Array): void {
  const to = new Int32Array(blocks.buffer, blocks.byteOffset, blocks.length / 4);
  const from = new Int32Array(other.buffer, other.byteOffset, blocks.length / 4);
  for (let at = 0; at < to.length; at += 4) {
    to[at]! ^= from[at]!;
    to[at + 1]! ^= from[at + 1]!;
    to[at + 2]! ^= from[at + 2]!;
    to[at + 3]! ^= from[at + 3]!;
  }
}
