/** Darker than this is ink. */
const INK = 180;
/** A run of ink this long is a rule and no letter: 0.4 inch at 200 dpi. */
const LONGEST_STROKE = 80;

/** Grey pixels, row by row. */
export interface GreyPixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/**
 * Whitens the rules of tables and boxes, in place: Tesseract takes a ruled table for one large sign when it reads a page
 * as one block, which it must do to keep rows together.
 */
export function eraseRules({ width, height, pixels }: GreyPixels): void {
  const ruled: [number, number, number][] = [];
  for (let y = 0; y < height; y++) collectRuns(pixels, { start: y * width, step: 1, count: width }, ruled);
  for (let x = 0; x < width; x++) collectRuns(pixels, { start: x, step: width, count: height }, ruled);
  for (const [start, end, step] of ruled) {
    // The soft edges of the rule beside it, too.
    const across = step === 1 ? width : 1;
    for (let at = start; at < end; at += step) pixels[at - across] = pixels[at] = pixels[at + across] = 255;
  }
}

function collectRuns(
  pixels: Uint8Array,
  { start, step, count }: { start: number; step: number; count: number },
  runs: [number, number, number][],
): void {
  let length = 0;
  for (let i = 0; i <= count; i++) {
    if (i < count && pixels[start + i * step]! < INK) length++;
    else {
      if (length >= LONGEST_STROKE) runs.push([start + (i - length) * step, start + i * step, step]);
      length = 0;
    }
  }
}
