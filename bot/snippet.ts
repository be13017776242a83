import { foldText } from '../core/ask/fold-text.ts';
import { isStopWord } from '../core/ask/guess-language.ts';
import { mainPart } from '../core/page-margins.ts';
import { shownLines } from './shown-lines.ts';
import { LEAD_IN, window, wordStart } from './text-window.ts';

const SHORTEST_WORD = 3;
const LATIN = /^\p{Script=Latin}*$/u;

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
