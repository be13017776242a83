import type { Passage } from '../document.ts';
import type { Source } from '../question.ts';
import { bestSentence } from './best-sentence.ts';
import type { TokenVectors } from './token-vectors.ts';

/** Makes sources of passages that are shown themselves: numbered from 1 in their order, each with its nearest sentence. */
export function shownAs(question: string, vectors: TokenVectors): (passage: Passage, index: number) => Source {
  return (passage, index) => {
    const best = bestSentence(passage.text, question, vectors);
    return { number: index + 1, passage, ...(best && { best }) };
  };
}
