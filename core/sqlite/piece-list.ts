// A list of ascending numbers as the distances between them, each in 7-bit groups, low group first, the high bit meaning
// "more follows" (LEB128). About 2 bytes per word piece of a passage instead of 4.
const MORE = 0x80;
const LOW = 0x7f;
const MOST_BYTES_EACH = 5;

/** Packs distinct ascending numbers below 2^32 into a compact blob. Throws RangeError when they are not ascending. */
export function packPieces(pieces: Uint32Array): Uint8Array {
  const packed = new Uint8Array(pieces.length * MOST_BYTES_EACH);
  let length = 0;
  let before = -1;
  for (const piece of pieces) {
    if (piece <= before) throw new RangeError('word pieces must be distinct and ascending');
    let distance = piece - before - 1;
    before = piece;
    while (distance >= MORE) {
      packed[length++] = (distance % MORE) | MORE;
      distance = Math.floor(distance / MORE);
    }
    packed[length++] = distance;
  }
  return packed.slice(0, length);
}

/** Reads what `packPieces` made. Every question reads every list, so this is a loop over whole numbers only. */
export function unpackPieces(packed: Uint8Array): Uint32Array {
  let length = 0;
  for (let at = 0; at < packed.length; at++) if (packed[at]! < MORE) length++;
  const pieces = new Uint32Array(length);
  let before = -1;
  for (let index = 0, at = 0; index < length; index++) {
    let byte = packed[at++]!;
    let distance = byte & LOW;
    for (let shift = 7; byte >= MORE; shift += 7) {
      byte = packed[at++]!;
      distance |= (byte & LOW) << shift;
    }
    before += (distance >>> 0) + 1;
    pieces[index] = before;
  }
  return pieces;
}
