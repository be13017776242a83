import { type Range, sentencesOf } from '../ingest/sentences.ts';
import { mainPart } from '../page-margins.ts';
import { asksForContact, isLetterhead } from './letterhead.ts';
import { linesOf } from './lines-of.ts';
import { isSameWord } from './same-word.ts';
import { tellingWords } from './telling-words.ts';
import type { TokenVectors } from './token-vectors.ts';

/** Longer passages than this have no more sentences looked at. */
const MOST_SENTENCES = 60;

/** What a figure is worth in a sentence that is to tell when or how much. On the household corpus .1 shows two quotes of 219 more than 0, .2 three. */
const FIGURE = 0.1;
const FIGURE_ASKED =
  /(?<!\p{L})(?:how (?:much|many|long|old|high|big|far|often)|when|what (?:time|date|day|number)|which (?:day|date)|until|number|no|wie ?viele?|wann|wie (?:lange|hoch|oft|alt|groß)|nummer|cu[aá]nt[oa]s?|cu[aá]ndo|combien|quand|quel(?:le)? (?:date|jour|heure)|ne zaman|ka[cç]|ile|kiedy|numer|quant[oiae]|quando|сколько|когда|номер)(?!\p{L})|多少|几|كم|متى/iu;

/** What a word of the question counts that stands in the heading above a sentence. */
const TITLE = 0.7;

/**
 * What the foot or head of a letter counts: it names what every letter of its sender names, and answers little. Chosen on the
 * quotes of the household corpus, where .4 and .5 are the same and .3 and .6 lose one.
 */
const LETTERHEAD = 0.5;
/** What stands on every page counts still less: a running title holds the words of many questions and answers none. */
const MARGIN = 0.2;

/**
 * The sentence of a passage that comes nearest to a question, by likeness (works across languages) and by shared words;
 * offsets into the text. undefined when the passage is one sentence, or none of them has anything in common with it.
 */
export function bestSentence(text: string, question: string, vectors: TokenVectors): Range | undefined {
  const sentences = sentencesUnderTitles(text);
  if (sentences.length < 2) return undefined;
  const kept = sentences.slice(0, MOST_SENTENCES);
  const lists = kept.map(({ start, end }, i) => ({ passage: i, pieces: vectors.pieces(text.slice(start, end)) }));
  const asked = tellingWords(question);
  // Words like "how" and "is" are alike to some word of every sentence.
  const likeTo = asked.length > 0 ? asked.join(' ') : question;
  const alike = new Map(vectors.maxSim(likeTo, lists, kept.length).map(({ passage, score }) => [passage, score]));
  const main = mainPart(text);
  const [wantsFigure, wantsContact] = [FIGURE_ASKED.test(question), asksForContact(question)];
  let best: { range: Range; score: number } | undefined;
  kept.forEach((range, i) => {
    const sentence = text.slice(range.start, range.end);
    const [words, above] = [tellingWords(sentence), tellingWords(range.title)];
    const holds = (list: readonly string[]) => (word: string) => list.some((other) => isSameWord(word, other));
    const shared = asked.filter(holds(words)).length;
    const inTitle = asked.filter((word) => !holds(words)(word) && holds(above)(word)).length;
    let score = (alike.get(i) ?? 0) + (shared + TITLE * inTitle) / Math.max(1, asked.length);
    if (wantsFigure && /\d/.test(sentence)) score += FIGURE;
    if (!wantsContact && (range.start < main.start || range.start >= main.end)) score *= MARGIN;
    else if (!wantsContact && isLetterhead(sentence)) score *= LETTERHEAD;
    if (score > (best?.score ?? 0)) best = { range, score };
  });
  return best && { start: best.range.start, end: best.range.end };
}

/** A sentence or a row, and the heading above it. */
interface Titled extends Range {
  readonly title: string;
}

/** A heading names what is asked about, and says nothing of it: it only counts for what stands below it. */
function sentencesUnderTitles(text: string): Titled[] {
  const sentences: Titled[] = [];
  let title = '';
  for (const line of linesOf(text)) {
    const own = text.slice(line.start, line.end);
    if (/^\s*#/.test(own)) title = own;
    else
      for (const range of own.includes(' | ') ? [line] : sentencesOf(text, line))
        if (/[\p{L}\p{N}]/u.test(text.slice(range.start, range.end))) sentences.push({ ...range, title });
  }
  return sentences;
}
