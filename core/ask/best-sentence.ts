import { type Range, sentencesOf } from '../ingest/sentences.ts';
import { isSameWord } from './same-word.ts';
import { tellingWords } from './telling-words.ts';
import type { TokenVectors } from './token-vectors.ts';

/** Longer passages than this have no more sentences looked at. */
const MOST_SENTENCES = 60;

/**
 * The sentence of a passage that comes nearest to a question, by likeness (works across languages) and by shared words;
 * offsets into the text. undefined when the passage is one sentence, or none of them has anything in common with it.
 */
export function bestSentence(text: string, question: string, vectors: TokenVectors): Range | undefined {
  const sentences: Range[] = [];
  for (const line of linesOf(text)) {
    // A heading names what is asked about, and says nothing of it.
    if (!/^\s*#/.test(text.slice(line.start, line.end))) sentences.push(...sentencesOf(text, line));
  }
  if (sentences.length < 2) return undefined;
  const kept = sentences.slice(0, MOST_SENTENCES);
  const lists = kept.map(({ start, end }, i) => ({ passage: i, pieces: vectors.pieces(text.slice(start, end)) }));
  const asked = tellingWords(question);
  // Words like "how" and "is" are alike to some word of every sentence.
  const likeTo = asked.length > 0 ? asked.join(' ') : question;
  const alike = new Map(vectors.maxSim(likeTo, lists, kept.length).map(({ passage, score }) => [passage, score]));
  let best: { range: Range; score: number } | undefined;
  kept.forEach((range, i) => {
    const words = tellingWords(text.slice(range.start, range.end));
    const shared = asked.filter((word) => words.some((other) => isSameWord(word, other))).length;
    const score = (alike.get(i) ?? 0) + shared / Math.max(1, asked.length);
    if (score > (best?.score ?? 0)) best = { range, score };
  });
  return best?.range;
}

/** Headings and rows of tables stand on lines of their own; lines that only wrap end in the middle of a sentence. */
function* linesOf(text: string): Generator<Range> {
  let start = 0;
  for (const { index, 0: found } of text.matchAll(/\n(?=\s*\n|[#|•*-]|\d+[.)])|(?<=[|:])\n|(?<=^#.{0,200})\n/gm)) {
    if (index > start) yield { start, end: index };
    start = index + found.length;
  }
  if (start < text.length) yield { start, end: text.length };
}
