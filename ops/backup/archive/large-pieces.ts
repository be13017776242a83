const PIECE_BYTES = 2 ** 18;
const LAST_BYTES = 2 ** 16;

/**
 * The same bytes in pieces of 256 KiB, the last one of 64 KiB at least when there are so many. Node's zstd loses its way where the end of a frame
 * comes in pieces of a few bytes ("Unknown frame descriptor", although all of it is right), and a cipher is fast with large ones only. A piece
 * that was handed out is used again once the next one is asked for: until then it belongs to who asked.
 */
export async function* largePieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const held = new Uint8Array(PIECE_BYTES + LAST_BYTES);
  let filled = 0;
  for await (const part of source) {
    for (let at = 0; at < part.length; ) {
      if (filled === held.length) {
        yield held.subarray(0, PIECE_BYTES);
        held.copyWithin(0, PIECE_BYTES);
        filled = LAST_BYTES;
      }
      const taken = Math.min(held.length - filled, part.length - at);
      held.set(part.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
    }
  }
  if (filled > 0) yield held.subarray(0, filled);
}
