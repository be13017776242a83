import type { Passage } from '../document.ts';
import type { Source } from '../question.ts';
import { bestSentence } from './best-sentence.ts';
import type { TokenVectors } from './token-vectors.ts';

/** Makes sources of passages that are shown themselves: numbered from 1 in their order, each with its nearest sentence. */
export function shownAs(question: string, vectors: TokenVectors): (passage: Passage, index: number) => Source {
  return (passage, index) => {
    const best = bestSentence(passage.text, question, vectors);
    return { number: index + 1, passage: best ? placed(passage, best) : passage, ...(best && { best }) };
  };
}

/**
 * A passage that goes on with a table has the table's first row as its last heading (ingest/split-passages.ts). What
 * stands behind the end of the table is not shown under that.
 */
function placed(passage: Passage, best: { readonly start: number; readonly end: number }): Passage {
  const head = passage.heading.split(' › ').at(-1) ?? '';
  if (!head.includes(' | ') || passage.text.slice(best.start, best.end).includes(' | ')) return passage;
  const heading = passage.heading.slice(0, Math.max(0, passage.heading.length - head.length - ' › '.length));
  return { ...passage, heading };
}
