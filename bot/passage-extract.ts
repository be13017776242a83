import { linesOf } from '../core/ask/lines-of.ts';
import { sentencesOf } from '../core/ingest/sentences.ts';
import { columnNames } from '../core/plain-rows.ts';
import { quotedStretch } from './quoted-stretch.ts';
import { CELLS, firstLine, isRow, joined, shownLines } from './shown-lines.ts';
import { LEAD_IN, window } from './text-window.ts';

/**
 * A stretch of a passage in three parts of plain text, not escaped; `best` is what it is shown for. Rows of tables have a
 * line each: where one meets `best`, `before` ends with a line break or `after` begins with one.
 */
export interface PassageExtract {
  readonly before: string;
  readonly best: string;
  readonly after: string;
}

/** What an extract is made around: offsets into the passage, and the headings above it, which may end with a table's first row. */
export interface ExtractPlace {
  readonly start: number;
  readonly end: number;
  readonly heading?: string;
}

/**
 * A passage around its best sentence: at most about `longest` characters, with "…" where something was left out. The title
 * of its section and the names of its columns come along; the next section and the margins of the page do not. What else stands before is shown where the sentence needs it (a
 * lead-in, what "it" means), and where there is room after all. Rows are shown whole.
 */
export function extract(whole: string, place: ExtractPlace, longest: number): PassageExtract {
  const { start, end } = quotedStretch(whole, place);
  const passage = whole.slice(start, end);
  const best = { ...place, start: place.start - start, end: place.end - start };
  const sentence = shownLines(passage.slice(best.start, best.end));
  if (sentence.length > longest) return { before: dots(passage, best), best: window(sentence, 0, longest), after: '' };
  const rest = shownLines(passage.slice(best.end));
  const all = longest - sentence.length;
  const { text, taken } = before(passage, best, { all, rest: rest.length });
  const parted = isRow(sentence) || isRow(text.slice(text.lastIndexOf('\n') + 1));
  const after = afterwards(rest, all - taken);
  const isParted = after !== '' && (isRow(sentence) || isRow(firstLine(after)));
  return {
    before: text !== '' && parted ? `${text}\n` : text,
    best: sentence,
    after: isParted ? `\n${after}` : after,
  };
}

/** What is shown before the best sentence, and how many characters of `all` it takes; `rest` may follow the sentence. */
function before(
  passage: string,
  best: ExtractPlace,
  { all, rest }: { all: number; rest: number },
): { text: string; taken: number } {
  const above = piecesBefore(passage, best.start);
  const fits = (piece: string | undefined) => piece !== undefined && piece.length < all * 0.4;
  const place = above.findIndex(({ isHeading }) => isHeading);
  const own = place < 0 ? above : above.slice(0, place);
  const title = fits(above[place]?.text) ? above[place]?.text : undefined;
  const named = columnHead(passage, best, own);
  const head = fits(named) ? named : undefined;
  // The names of columns come on top: a message is fitted by its bytes, and rows are worth little without them.
  let room = all - (title === undefined ? 0 : title.length + 1);
  let text = '';
  let count = 0;
  for (const { text: piece } of own) {
    if (piece === head) break;
    // What follows has half of the room, unless it does not fill it or the sentence needs more before it.
    const isNeeded = count === 0 && belongs(piece, passage.slice(best.start, best.end));
    const free = room - Math.min(rest + 1, Math.floor(all * (isNeeded ? 0.4 : 0.5)));
    if (piece.length + 1 > free) break;
    text = joined(piece, text);
    room -= piece.length + 1;
    count += 1;
  }
  const left = own.slice(count);
  const isAll = left.length === 0 || (left[0]!.text === head && left.length === 1);
  const whole = [isAll ? '' : '…', text].reduce(joined);
  const lead = title !== undefined && above.length > place + 1 ? '…' : '';
  return { text: [lead, title ?? '', head ?? '', whole].reduce(joined), taken: all - room };
}

/** What is shown after it: of rows as many as fit. */
function afterwards(rest: string, room: number): string {
  if (rest === '') return '';
  const first = firstLine(rest);
  return room < LEAD_IN || (isRow(first) && first.length > room - 1) ? '…' : window(rest, 0, room);
}

/** The row that names the columns of the best one: above it in the passage, or the last of its headings. */
function columnHead(passage: string, best: ExtractPlace, above: readonly Piece[]): string | undefined {
  const names = columnNames(passage.slice(best.start, best.end));
  if (names.length < 2) return undefined;
  const end = above.findIndex(({ text }) => !isRow(text));
  const rows = (end < 0 ? above : above.slice(0, end)).map(({ text }) => text).reverse();
  const last = best.heading?.split(' › ').at(-1) ?? '';
  return [...rows, last].find((row) => {
    const cells = row.split(CELLS);
    return names.filter((name) => cells.includes(name)).length * 2 > names.length;
  });
}

function dots(passage: string, { start }: { start: number }): string {
  return passage.slice(0, start).trim() === '' ? '' : '…';
}

/** A sentence, a row or a heading, as it is shown. */
interface Piece {
  readonly text: string;
  readonly isHeading: boolean;
}

/** The sentences and lines before a place, nearest first. */
function piecesBefore(passage: string, place: number): Piece[] {
  const text = passage.slice(0, place);
  const pieces: Piece[] = [];
  for (const line of linesOf(text)) {
    const own = text.slice(line.start, line.end);
    const isHeading = /^\s*#{1,6} /.test(own);
    for (const { start, end } of isHeading || isRow(own) ? [line] : sentencesOf(text, line)) {
      pieces.push({ text: shownLines(text.slice(start, end)), isHeading });
    }
  }
  return pieces.filter((piece) => piece.text !== '').reverse();
}

/** Words that mean something of the sentence before, at the beginning of one. */
const MEANS_BEFORE =
  /^(?:it|its|they|them|their|this|that|these|those|he|she|his|her|there|then|er|sie|es|ihr|dies\p{L}*|das|dafür|davon|damit|dabei|dort|dann|il|elle|ils|elles|ce|cela|cette|celui|esto|esta|este|él|ella|ellos|allí|lui|lei|questo|questa|bu|bunlar|onun|to|ten|ta|on|ona|он|она|они|это|этот)(?!\p{L})/iu;

/** True when a sentence is understood only with what stands before it: a heading, a lead-in, what its pronoun means. */
function belongs(piece: string, sentence: string): boolean {
  return MEANS_BEFORE.test(sentence.trimStart()) || /[:：]$/u.test(piece) || piece.length <= LEAD_IN;
}
