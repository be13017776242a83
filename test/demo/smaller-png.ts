import { inflateSync } from 'node:zlib';
import { palettePng } from '../../core/resvg/palette-png.ts';

const SIGNATURE_BYTES = 8;

/**
 * The same picture with at most 256 colours: a third of the bytes, for a page of text without a visible difference.
 * Takes what Chromium writes (8 bits, RGB or RGBA, not interlaced) and ignores transparency. Format: the PNG
 * specification, https://www.w3.org/TR/png-3/.
 */
export function smallerPng(png: Buffer): Buffer {
  const { width, height, channels, data } = readPng(png);
  const pixels = unfiltered(inflateSync(data), width * channels, channels);
  const rgba = Buffer.alloc(width * height * 4);
  for (let i = 0; i < width * height; i++) pixels.copy(rgba, i * 4, i * channels, i * channels + 3);
  return palettePng(rgba, { width, height });
}

function readPng(png: Buffer): { width: number; height: number; channels: number; data: Buffer } {
  const parts: Buffer[] = [];
  let head: Buffer | undefined;
  for (let at = SIGNATURE_BYTES; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') head = body;
    if (type === 'IDAT') parts.push(body);
    at += length + 12;
  }
  if (head === undefined || head[8] !== 8 || (head[9] !== 2 && head[9] !== 6) || head[12] !== 0)
    throw new Error('not a picture as Chromium writes it');
  const channels = head[9] === 6 ? 4 : 3;
  return { width: head.readUInt32BE(0), height: head.readUInt32BE(4), channels, data: Buffer.concat(parts) };
}

/** Undoes the filter of each row. */
function unfiltered(raw: Buffer, stride: number, step: number): Buffer {
  const rows = raw.length / (stride + 1);
  const out = Buffer.alloc(rows * stride);
  for (let y = 0; y < rows; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const left = x < step ? 0 : out[y * stride + x - step]!;
      const up = y === 0 ? 0 : out[(y - 1) * stride + x]!;
      const corner = x < step || y === 0 ? 0 : out[(y - 1) * stride + x - step]!;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x]! + guess;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
