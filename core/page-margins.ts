/**
 * Stands alone on a line of stored text between what the margins of a page repeat (letterhead, running title, footer) and the
 * page's own text. A break of that form that an author drew parts a text in the same way.
 */
const MARK = '* * *';
const MARKS = /^\* \* \*$/gm;

/** A page's text with what its margins hold, which is to be found but is no part of the text. Used by extractors. */
export function withMargins({ above, text, below }: { above: string; text: string; below: string }): string {
  return [above, text, below].filter((part) => part !== '').join(`\n\n${MARK}\n\n`);
}

/** A stretch of a text: offsets, end exclusive. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The longest of the parts that such marks leave of a text: what it says beside its margins. The whole where there are none. */
export function mainPart(text: string): Stretch {
  return partsBetweenMargins(text).reduce((most, next) =>
    next.end - next.start > most.end - most.start ? next : most,
  );
}

/** The parts that such marks leave of a text, in order; the whole where there are none. Used for quotes. */
export function partsBetweenMargins(text: string): Stretch[] {
  const marks = [...text.matchAll(MARKS)].map(({ index }) => index);
  const starts = [0, ...marks.map((at) => at + MARK.length)];
  return starts.map((start, i) => ({ start, end: marks[i] ?? text.length }));
}

const WORD = String.raw`(?:page|seite|blatt|página|pagina|strona|sayfa|стр\.?|p\.|s\.)`;
const COUNT = String.raw`\d{1,4}(?:\s*(?:of|von|de|di|z|из|\/)\s*\d{1,4})?`;
/** A bare number of four digits is a year. */
const BARE = new RegExp(
  String.raw`^[\s|·•–—-]*(?:${WORD}\s*${COUNT}|\d{1,3}|\d{1,4}\s*(?:of|von|de|di|z|из|\/)\s*\d{1,4})[\s|·•–—-]*$`,
  'iu',
);
const LAST = new RegExp(String.raw`\s*[,|·•–—-]?\s*(?<!\p{L})${WORD}\s*${COUNT}[\s|·•–—-]*$`, 'iu');

/** A line of a margin without the number of its page ("Page 2 of 3"), which says nothing; "" when it holds no more than that. */
export function withoutPageNumber(line: string): string {
  return BARE.test(line) ? '' : line.replace(LAST, '');
}
