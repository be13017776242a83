/** What a picture's head says, without decoding it: pixels, and EXIF's orientation (1 to 8, 1 is upright). */
export interface PictureHead {
  readonly width: number;
  readonly height: number;
  readonly orientation: number;
}

/** Size and orientation of a JPEG, PNG, WebP or BMP; undefined when the bytes are none of these or end too early. */
export function pictureHead(bytes: Uint8Array): PictureHead | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    if (view[0] === 0xff && view[1] === 0xd8) return jpegHead(view);
    if (view.readUInt32BE(0) === 0x89504e47) return upright(view.readUInt32BE(16), view.readUInt32BE(20));
    if (view.toString('latin1', 0, 2) === 'BM') return upright(view.readUInt32LE(18), Math.abs(view.readInt32LE(22)));
    if (view.toString('latin1', 8, 12) === 'WEBP') return webpHead(view);
  } catch {
    // A number that should be there lies behind the end.
  }
  return undefined;
}

function upright(width: number, height: number): PictureHead {
  return { width, height, orientation: 1 };
}

/** Segments up to the first frame header (ITU T.81, annex B); EXIF stands in APP1. */
function jpegHead(view: Buffer): PictureHead | undefined {
  let orientation = 1;
  let at = 2;
  while (at + 9 < view.length) {
    if (view[at] !== 0xff) return undefined;
    const marker = view[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (frame) return { width: view.readUInt16BE(at + 7), height: view.readUInt16BE(at + 5), orientation };
    const size = view.readUInt16BE(at + 2);
    if (marker === 0xe1) orientation = exifOrientation(view.subarray(at + 4, at + 2 + size)) ?? orientation;
    at += 2 + size;
  }
  return undefined;
}

/** Tag 0x0112 of the first directory (EXIF 2.3, 4.6.4). */
function exifOrientation(segment: Buffer): number | undefined {
  if (segment.toString('latin1', 0, 6) !== 'Exif\0\0') return undefined;
  const tiff = segment.subarray(6);
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = little ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  try {
    const entries = short(directory);
    for (let i = 0; i < entries; i++) {
      const entry = directory + 2 + i * 12;
      if (short(entry) !== 0x0112) continue;
      const value = short(entry + 8);
      return value >= 1 && value <= 8 ? value : undefined;
    }
  } catch {
    // Broken EXIF is no reason not to read the picture.
  }
  return undefined;
}

/** The three forms of WebP's first chunk (RFC 9649). */
function webpHead(view: Buffer): PictureHead | undefined {
  const form = view.toString('latin1', 12, 16);
  if (form === 'VP8X') return upright(view.readUIntLE(24, 3) + 1, view.readUIntLE(27, 3) + 1);
  if (form === 'VP8 ') return upright(view.readUInt16LE(26) & 0x3fff, view.readUInt16LE(28) & 0x3fff);
  if (form !== 'VP8L') return undefined;
  const bits = view.readUInt32LE(21);
  return upright((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
}
