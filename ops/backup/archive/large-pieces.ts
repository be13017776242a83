const PIECE_BYTES = 65_536;

/**
 * The same bytes in large pieces, the last one the largest. Node's zstd loses its way where the end of a frame comes in pieces of a few bytes
 * ("Unknown frame descriptor", although all of it is right), and that is how OpenPGP's stream ends for some sizes. Used before it.
 */
export async function* largePieces(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of source) {
    held.push(piece);
    bytes += piece.length;
    if (bytes < 2 * PIECE_BYTES) continue;
    const all = Buffer.concat(held);
    const split = all.length - PIECE_BYTES;
    yield all.subarray(0, split);
    held = [all.subarray(split)];
    bytes = PIECE_BYTES;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
