import type { PieceEncoder } from '../question.ts';
import type { WordsOf } from '../tenant.ts';

/**
 * How the words of passages are indexed: the file's name, the person's note and the headings count as words of every
 * passage. `gramsOf` gives the full-text grams of a text (core/ask/grams.ts). Used when a document is prepared, and by the
 * store when an earlier version becomes current again.
 */
export function indexWords(by: { encoder: PieceEncoder; gramsOf: (text: string) => readonly string[] }): WordsOf {
  return ({ name, note = '' }, { heading, text }) => {
    const words = note === '' ? `${name}\n${heading}\n${text}` : `${name}\n${note}\n${heading}\n${text}`;
    return { grams: by.gramsOf(words).join(' '), pieces: by.encoder.pieces(words) };
  };
}
