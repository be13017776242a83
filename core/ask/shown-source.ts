import type { Passage } from '../document.ts';
import { blocksOf } from '../ingest/blocks.ts';
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
 * The passage with the headings above that sentence: its own, which are shared by all of it, and those that stand in it. A
 * passage that goes on with a table has the table's first row as its last heading (ingest/split-passages.ts). What stands
 * behind the end of the table is not shown under that.
 */
function placed(passage: Passage, best: { readonly start: number; readonly end: number }): Passage {
  const inside = titlesAbove(passage.text, best.start);
  const path = passage.heading === '' ? [] : passage.heading.split(PATH);
  const isRow = passage.text.slice(best.start, best.end).includes(' | ');
  if (path.at(-1)?.includes(' | ') && (inside.length > 0 || !isRow)) path.pop();
  const heading = [...path, ...inside.filter((title) => !path.includes(title))].join(PATH);
  return heading === passage.heading ? passage : { ...passage, heading };
}

const PATH = ' › ';

/** The headings that a place in a text stands under, outermost first, as they are kept for passages. */
function titlesAbove(text: string, place: number): string[] {
  const path: string[] = [];
  for (const block of blocksOf(text.slice(0, place), 'md')) {
    if (block.type !== 'heading') continue;
    path.length = Math.min(path.length, block.level - 1);
    while (path.length < block.level - 1) path.push('');
    path.push(block.title);
  }
  return path.filter((title) => title !== '');
}
