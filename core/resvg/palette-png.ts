import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const MOST_COLOURS = 256;
/** Bits of a channel that are told apart while colours are counted. */
const KEPT_BITS = 0b11111000;

/**
 * Pixels (RGBA, row by row, opaque) as a PNG with at most 256 colours: a third of the bytes, for charts and text without a
 * visible difference. Format: the PNG specification, https://www.w3.org/TR/png-3/.
 */
export function palettePng(
  pixels: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Buffer {
  const colours = new Uint32Array(width * height);
  const counts = new Map<number, number>();
  for (let i = 0; i < colours.length; i++) {
    const [red, green, blue] = [0, 1, 2].map((channel) => pixels[i * 4 + channel]! & KEPT_BITS);
    colours[i] = (red! << 16) | (green! << 8) | blue!;
    counts.set(colours[i]!, (counts.get(colours[i]!) ?? 0) + 1);
  }
  const palette = [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_COLOURS)
    .map(([colour]) => colour);
  const places = new Map([...counts.keys()].map((colour) => [colour, nearest(palette, colour)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = places.get(colours[y * width + x]!)!;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  // Rounding down darkened every colour a little; white is white again.
  const table = Buffer.from(
    palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255].map(widened)),
  );
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', table),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function widened(value: number): number {
  return value | (value >> 5);
}

function nearest(palette: readonly number[], colour: number): number {
  let best = { place: 0, distance: Number.POSITIVE_INFINITY };
  for (const [place, other] of palette.entries()) {
    const distance = [16, 8, 0].reduce(
      (sum, shift) => sum + (((colour >> shift) & 255) - ((other >> shift) & 255)) ** 2,
      0,
    );
    if (distance < best.distance) best = { place, distance };
  }
  return best.place;
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
