/** Advance of DejaVu Sans, as a share of the size, for a letter of running text: most are narrower, so lines come out shorter. */
const ADVANCE = 0.57;

/** A text in lines that fit a width (pixels) at a size, broken between words. A word that is too long stands alone. */
export function linesOf(text: string, width: number, size: number): string[] {
  const most = Math.floor(width / (size * ADVANCE));
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
