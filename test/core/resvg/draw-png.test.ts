import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { statusPicture } from '../../../bot/picture/status-picture.ts';
import { LANGUAGES } from '../../../core/caller.ts';
import type { Png } from '../../../core/picture.ts';
import { drawPng } from '../../../core/resvg/draw-png.ts';
import { emptyDays, extremeDays, ordinaryDays, seriesOf } from '../../bot/picture/sample-series.ts';

const never = new AbortController().signal;
const HOUSES = { nothing: [], ordinary: ordinaryDays(), extreme: extremeDays(), noughts: emptyDays() };

/** The colours of a palette PNG, and how many pixels have each, read by the PNG specification. */
function coloursOf({ bytes, width, height }: Png): Map<string, number> {
  const png = Buffer.from(bytes);
  let [palette, packed] = [Buffer.alloc(0), Buffer.alloc(0)];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    const [type, body] = [png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + png.readUInt32BE(at))];
    if (type === 'PLTE') palette = Buffer.from(body);
    if (type === 'IDAT') packed = Buffer.concat([packed, body]);
  }
  const rows = inflateSync(packed);
  expect(rows.length).toBe((width + 1) * height);
  const counts = new Map<string, number>();
  for (let at = 0; at < rows.length; at++) {
    if (at % (width + 1) === 0) continue;
    const colour = palette.toString('hex', rows[at]! * 3, rows[at]! * 3 + 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return counts;
}

describe('a picture', () => {
  test.each(Object.entries(HOUSES))('is a PNG of its size, small enough for a phone: %s', async (_name, days) => {
    for (const language of LANGUAGES) {
      const svg = statusPicture(language, seriesOf(days));
      const png = await drawPng(svg, never);
      expect(Buffer.from(png.bytes).subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
      expect(png.width).toBe(1080);
      expect(png.height).toBe(Number(/height="(\d+)"/.exec(svg)![1]));
      expect(png.bytes.length).toBeLessThan(150_000);
      const colours = [...coloursOf(png)].sort((a, b) => b[1] - a[1]);
      // The card, as its colour rounds, and words upon it.
      expect(colours[0]![0]).toBe('182131');
      expect(colours.filter(([colour]) => colour > 'e0').length).toBeGreaterThan(0);
    }
  });

  test('shows words without any font of the system: drawn with the fonts of the product alone', async () => {
    const text = (family: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="60"><rect width="400" height="60" fill="#000000"/><text x="10" y="40" font-size="32" fill="#ffffff" font-family="${family}">Größe 12,3\u202fMB</text></svg>`;
    const inked = async (family: string) =>
      [...coloursOf(await drawPng(text(family), never))].reduce(
        (sum, [colour, count]) => (colour === '000000' ? sum : sum + count),
        0,
      );
    expect(await inked('DejaVu Sans')).toBeGreaterThan(1500);
  });
});

describe('what cannot be drawn', () => {
  test('is an error that says so, and the next picture is drawn', async () => {
    await expect(drawPng('<svg', never)).rejects.toMatchObject({ code: 'unavailable', reason: 'picture-failed' });
    await expect(drawPng('', never)).rejects.toMatchObject({ reason: 'picture-failed' });
    expect((await drawPng(statusPicture('en', seriesOf([])), never)).width).toBe(1080);
  });

  test('ends with the signal', async () => {
    const stop = new AbortController();
    const drawing = drawPng(statusPicture('en', seriesOf([])), stop.signal);
    stop.abort(new Error('stopped'));
    await expect(drawing).rejects.toThrow('stopped');
    await expect(drawPng('<svg/>', stop.signal)).rejects.toThrow('stopped');
  });

  test('loads nothing from outside of the document', async () => {
    const file = fileURLToPath(new URL('../../demo/conversation.png', import.meta.url));
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><image width="20" height="20" href="${file}"/></svg>`;
    await expect(drawPng(svg, never)).rejects.toMatchObject({ reason: 'picture-failed' });
  });
});

describe('the process that draws', () => {
  const svg = statusPicture('de', seriesOf(ordinaryDays()));
  beforeAll(() => drawPng(svg, never));

  test('ends with the picture: the memory of who asked stays flat', async () => {
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    for (let times = 0; times < 6; times++) await drawPng(svg, never);
    globalThis.gc?.();
    expect(process.memoryUsage.rss() - before).toBeLessThan(40_000_000);
  });
});
