import { createCipheriv } from 'node:crypto';
import { largePieces } from './large-pieces.ts';

const BLOCK_BYTES = 16;

/**
 * AES in CFB mode undone, from a first block of zeros on (NIST SP 800-38A, 6.3): each sealed block, encrypted, is the mask of the next one. So all masks
 * are known at once, and the bare cipher (`aes-256-ecb`) makes them; OpenSSL's own CFB goes from block to block and takes three times as long.
 * Gives `largePieces`.
 */
export async function* openCfb(
  sealed: AsyncIterable<Uint8Array>,
  { cipher, key }: { readonly cipher: string; readonly key: Uint8Array },
): AsyncGenerator<Uint8Array> {
  const blocks = createCipheriv(cipher, key, null).setAutoPadding(false);
  let first = blocks.update(Buffer.alloc(BLOCK_BYTES));
  for await (const piece of largePieces(sealed)) {
    const masks = blocks.update(piece);
    unmask(piece.subarray(0, BLOCK_BYTES), first);
    unmask(piece.subarray(BLOCK_BYTES), masks);
    first = Buffer.from(masks.subarray(-BLOCK_BYTES));
    yield piece;
  }
}

/** By four words at a time, which alone makes it fast. */
function unmask(bytes: Uint8Array, mask: Uint8Array): void {
  const words = (bytes.length >> 4) << 2;
  const to = new Int32Array(bytes.buffer, bytes.byteOffset, words);
  const from = new Int32Array(mask.buffer, mask.byteOffset, words);
  for (let at = 0; at < words; at += 4) {
    to[at]! ^= from[at]!;
    to[at + 1]! ^= from[at + 1]!;
    to[at + 2]! ^= from[at + 2]!;
    to[at + 3]! ^= from[at + 3]!;
  }
  for (let at = 4 * words; at < bytes.length; at++) bytes[at]! ^= mask[at]!;
}
