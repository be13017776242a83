import { crc32, deflateSync } from 'node:zlib';
import { openPdf, renderGrey } from '../../../core/extract/pdfium.ts';
import { type GreyPicture, makePdf } from './make-pdf.ts';

/** What a scanner would see of a page with these lines: A4 at 200 dpi. */
export async function photograph(lines: readonly string[]): Promise<GreyPicture> {
  const document = await openPdf(makePdf([lines]), undefined);
  const pgm = Buffer.from(renderGrey(document.getPage(0)));
  const [, width, height] = /^P5\n(\d+) (\d+)\n255\n/.exec(pgm.toString('latin1', 0, 40))!;
  return {
    width: Number(width),
    height: Number(height),
    pixels: pgm.subarray(pgm.length - Number(width) * Number(height)),
  };
}

/** The picture turned by quarters of a full turn, clockwise. */
export function turned(picture: GreyPicture, quarters: number): GreyPicture {
  let { width, height, pixels } = picture;
  for (let quarter = 0; quarter < quarters; quarter++) {
    const next = new Uint8Array(pixels.length);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) next[x * height + (height - 1 - y)] = pixels[y * width + x]!;
    [width, height, pixels] = [height, width, next];
  }
  return { width, height, pixels };
}

/** A grey PNG (RFC 2083). */
export function toPng({ width, height, pixels }: GreyPicture): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, check]);
}
