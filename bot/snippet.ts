import { isStopWord } from '../core/ask/guess-language.ts';
import { linesOf } from '../core/ask/lines-of.ts';
import { sentencesOf } from '../core/ingest/sentences.ts';
import { plainRows } from '../core/plain-rows.ts';

/** A stretch before a matching word, so that it doesn't stand at the very start of a snippet. */
const LEAD_IN = 60;
const SHORTEST_WORD = 3;
const LATIN = /^\p{Script=Latin}*$/u;

/** Drawn lines ("=====", "....."): three of them say as much. */
const RULES = /([^\p{L}\p{N}\s])\1{3,}/gu;

/** How Word's and web pages' headings are marked in stored text. */
const HEADING_MARKS = /^#{1,6} /gm;

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
 * One line of plain text, not escaped.
 */
export function snippet(passage: string, question: string, longest: number): string {
  const text = oneLine(passage);
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

/** A stretch of a passage in three parts, each one line of plain text, not escaped; `best` is what it is shown for. */
export interface PassageExtract {
  readonly before: string;
  readonly best: string;
  readonly after: string;
}

/**
 * A passage around its best sentence: at most about `longest` characters, with "…" where something was left out. What
 * stands before is shown where the sentence needs it (its heading, what "it" means), and where there is room after all.
 */
export function extract(
  passage: string,
  best: { readonly start: number; readonly end: number },
  longest: number,
): PassageExtract {
  const sentence = oneLine(passage.slice(best.start, best.end));
  if (sentence.length > longest) return { before: dots(passage, best), best: window(sentence, 0, longest), after: '' };
  const rest = oneLine(passage.slice(best.end));
  const above = piecesBefore(passage, best.start);
  const all = longest - sentence.length;
  let room = all;
  let before = '';
  for (const [i, piece] of above.entries()) {
    // What follows has half of the room, unless it does not fill it or the sentence needs more before it.
    const isNeeded = i === 0 && belongs(piece, passage.slice(best.start, best.end));
    const free = room - Math.min(rest.length + 1, Math.floor(all * (isNeeded ? 0.4 : 0.5)));
    if (piece.length + 1 > free) break;
    before = before === '' ? piece : `${piece} ${before}`;
    room -= piece.length + 1;
  }
  const isAll = before === above.toReversed().join(' ');
  return {
    before: [isAll ? '' : '…', before].filter(Boolean).join(' '),
    best: sentence,
    after: rest === '' ? '' : room < LEAD_IN ? '…' : window(rest, 0, room),
  };
}

function oneLine(text: string): string {
  return plainRows(text).replace(HEADING_MARKS, '').replace(/\s+/gu, ' ').replace(RULES, '$1$1$1').trim();
}

function dots(passage: string, { start }: { start: number }): string {
  return oneLine(passage.slice(0, start)) === '' ? '' : '…';
}

/** The sentences and lines before a place, nearest first. */
function piecesBefore(passage: string, place: number): string[] {
  const text = passage.slice(0, place);
  const pieces: string[] = [];
  for (const line of linesOf(text)) {
    const isRow = text.slice(line.start, line.end).includes(' | ');
    for (const { start, end } of isRow ? [line] : sentencesOf(text, line)) pieces.push(oneLine(text.slice(start, end)));
  }
  return pieces.filter((piece) => piece !== '').reverse();
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
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('ß', 'ss');
}

function sentenceStarts(text: string): number[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' });
  return [...segmenter.segment(text)].map(({ index }) => index);
}

/** The start of the first whole word at or after a place. */
function wordStart(text: string, place: number): number {
  if (place <= 0) return 0;
  const blank = text.indexOf(' ', place - 1);
  return blank === -1 || blank - place > LEAD_IN ? place : blank + 1;
}

function window(text: string, start: number, longest: number): string {
  const from = Math.min(start, wordStart(text, text.length - longest + 1));
  const before = from > 0 ? '…' : '';
  const rest = text.slice(from);
  if (rest.length + before.length <= longest) return before + rest.toWellFormed();
  const room = rest.slice(0, longest - before.length - 1);
  const blank = room.lastIndexOf(' ');
  const shown = blank > longest / 2 ? room.slice(0, blank) : room;
  return `${before}${shown.trimEnd()}…`.toWellFormed();
}
