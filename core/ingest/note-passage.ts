import type { NewPassage } from '../document.ts';

/** What a person wrote below a file. `label` names such a place in sources, in the person's language. */
export interface FileNote {
  readonly text: string;
  readonly label: string;
}

/** Captions are short; a longer one is cut, so that its passage stays one. */
export const LONGEST_NOTE = 1000;

/** The passage by which a note is found and cited: on a page of its own, after everything else. */
export function notePassage(
  { text, label }: FileNote,
  position: number,
  wordsOf: (draft: { heading: string; text: string }) => Pick<NewPassage, 'grams' | 'pieces'>,
): NewPassage {
  return { position, page: label, heading: '', start: 0, end: text.length, text, ...wordsOf({ heading: '', text }) };
}
