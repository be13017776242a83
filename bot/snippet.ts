import { foldText } from '../core/ask/fold-text.ts';
import { isStopWord } from '../core/ask/guess-language.ts';
import { linesOf } from '../core/ask/lines-of.ts';
import { sentencesOf } from '../core/ingest/sentences.ts';
import { mainPart } from '../core/page-margins.ts';
import { columnNames, plainRows } from '../core/plain-rows.ts';
import { plainTimes } from '../core/plain-times.ts';
import { quotedStretch } from './quoted-stretch.ts';

/** A stretch before a matching word, so that it doesn't stand at the very start of a snippet. */
const LEAD_IN = 60;
const SHORTEST_WORD = 3;
const LATIN = /^\p{Script=Latin}*$/u;

/** Drawn lines ("=====", "....."): three of them say as much. */
const RULES = /([^\p{L}\p{N}\s])\1{3,}/gu;
/** The same with blanks (". . . . ."), as between a heading and its page in a table of contents. */
const SPACED_RULES = /([^\p{L}\p{N}\s])(?:\s\1){3,}/gu;

/** How Word's and web pages' headings are marked in stored text. */
const HEADING_MARKS = /^#{1,6} /gm;

/** How the cells of a row are parted. */
const CELLS = ' | ';
/** Lines and rows that are drawn: between a table's head and its rows, rows of dots, breaks. */
const DRAWN = /^[|\s:;.,•·∙◦*=_~─━═—–+#-]+$/u;

/** Passages are a screen long; more words than this come from odd ones only. */
const MOST_HITS = 200;

interface Word {
  readonly folded: string;
  readonly start: number;
}

/** A word of the passage, and which word of the question it matches. */
interface Hit {
  readonly which: number;
  readonly start: number;
}

/**
 * The part of a passage that shows best why it was found: at most `longest` characters, around as many different words
 * of the question as possible, begun at a sentence where that costs nothing, with "…" where something was left out.
 * Plain text, not escaped: one line, but for rows of tables, which have a line each.
 */
export function snippet(passage: string, question: string, longest: number): string {
  const { start: from, end } = mainPart(passage);
  const text = shownLines(passage.slice(from, end));
  if (text.length <= longest) return text;
  const wanted = tellingWords(question);
  const hits: Hit[] = words(text).flatMap(({ folded, start }) => {
    const which = wanted.findIndex((word) => alike(word, folded));
    return which === -1 ? [] : [{ which, start }];
  });
  hits.splice(MOST_HITS);
  const sentences = sentenceStarts(text);
  const starts = [...sentences, ...hits.map(({ start }) => wordStart(text, start - LEAD_IN))];
  let best: { start: number; inside: readonly Hit[]; count: number } = { start: 0, inside: [], count: -1 };
  for (const start of starts) {
    const inside = hits.filter((hit) => hit.start >= start && hit.start < start + longest - 20);
    const count = new Set(inside.map(({ which }) => which)).size;
    if (count > best.count) best = { start, inside, count };
  }
  // Sentences before the first word that counts tell nothing.
  const first = best.inside[0]?.start ?? best.start;
  const start = sentences.findLast((sentence) => sentence >= best.start && sentence <= first) ?? best.start;
  return window(text, start, longest);
}

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

/** Two pieces of shown text, on one line unless one is a row of a table. */
function joined(first: string, second: string): string {
  if (first === '' || second === '') return first + second;
  const isParted = isRow(first.slice(first.lastIndexOf('\n') + 1)) || isRow(firstLine(second));
  return `${first}${isParted ? '\n' : ' '}${second}`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}

function isRow(line: string): boolean {
  return line.includes(CELLS);
}

/** Running text on one line, each row of a table on a line of its own; without what stands there only for finding. */
function shownLines(text: string): string {
  const plain = plainTimes(plainRows(text));
  let shown = '';
  for (const { start, end } of linesOf(plain)) {
    const line = oneLine(plain.slice(start, end));
    if (!DRAWN.test(line)) shown = joined(shown, line);
  }
  return shown;
}

function oneLine(text: string): string {
  return text
    .replace(HEADING_MARKS, '')
    .replace(/\s+/gu, ' ')
    .replace(SPACED_RULES, '…')
    .replace(RULES, '$1$1$1')
    .trim();
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

/** The different words of a question that tell what it is about; all of them when none does. */
function tellingWords(question: string): string[] {
  const all = [...new Set(words(question).map(({ folded }) => folded))];
  const telling = all.filter((word) => !isStopWord(word) && (word.length >= SHORTEST_WORD || !LATIN.test(word)));
  return telling.length > 0 ? telling : all;
}

/** Same word, an inflected one, or a compound that holds it ("Miete" in "Mietvertrag" counts by its stem). */
function alike(wanted: string, found: string): boolean {
  if (wanted === found) return true;
  const stem = wanted.slice(0, Math.max(4, wanted.length - 2));
  return stem.length >= 4 && found.includes(stem);
}

function words(text: string): Word[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });
  const found: Word[] = [];
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    if (isWordLike) found.push({ folded: fold(segment), start: index });
  }
  return found;
}

function fold(word: string): string {
  return foldText(word).replaceAll('ß', 'ss');
}

function sentenceStarts(text: string): number[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' });
  return [...segmenter.segment(text)].map(({ index }) => index);
}

/** The start of the first whole word at or after a place. */
function wordStart(text: string, place: number): number {
  if (place <= 0 || text[place - 1] === '\n') return Math.max(0, place);
  const blank = text.indexOf(' ', place - 1);
  return blank === -1 || blank - place > LEAD_IN ? place : blank + 1;
}

function window(text: string, start: number, longest: number): string {
  const from = Math.min(rowStart(text, start, longest / 2), fillingStart(text, longest));
  const before = from > 0 ? '…' : '';
  const rest = text.slice(from);
  if (rest.length + before.length <= longest) return before + rest.toWellFormed();
  const cut = cutPlace(rest, longest - before.length - 2);
  const isBetween = rest[cut] === '\n';
  return `${before}${rest.slice(0, cut).trimEnd()}${isBetween ? '\n' : isRow(rest.slice(cut, cut + CELLS.length)) ? CELLS : ''}…`.toWellFormed();
}

/** From where on the rest of a text is no longer than `longest`: a row's start, or a word's. */
function fillingStart(text: string, longest: number): number {
  const place = Math.max(0, text.length - longest + 1);
  const start = rowStart(text, place, text.length);
  const next = text.indexOf('\n', place);
  return start === place || next < 0 ? wordStart(text, place) : next + 1;
}

/** The start of the row that a place lies in; the place itself outside of rows, and where that is more than `most` before it. */
function rowStart(text: string, place: number, most: number): number {
  const start = text.lastIndexOf('\n', place - 1) + 1;
  const end = text.indexOf('\n', place);
  const isInRow = isRow(text.slice(start, end < 0 ? undefined : end));
  return place > 0 && isInRow && place - start <= most ? start : place;
}

/** Where to cut a text at most `most` characters long: between rows, between cells of a single one, or at a blank. */
function cutPlace(text: string, most: number): number {
  const feed = text.lastIndexOf('\n', most);
  const next = text.indexOf('\n', most);
  if (isRow(text.slice(feed + 1, next < 0 ? undefined : next))) {
    if (feed > 0) return feed;
    const bar = text.lastIndexOf(CELLS, most - CELLS.length);
    if (bar > 0) return bar;
  }
  const blank = Math.max(feed, text.lastIndexOf(' ', most));
  return blank > most / 2 ? blank : most;
}
