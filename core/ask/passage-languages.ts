import type { Passage } from '../document.ts';
import { guessLanguage } from './guess-language.ts';

/** Languages of one question's candidates. */
export interface Languages {
  /** The passage's language, or that of most of its document's candidates; '' when nothing tells it. */
  readonly of: (passage: number) => string;
  /** `other` only when question and passage both tell their languages, and these differ. */
  readonly match: (passage: number) => 'same' | 'other';
}

/**
 * Tells the languages of a question's candidates. A table of codes and figures has no words that tell a language: it
 * takes that of the other candidates of its document. Called by findPassages.
 */
export function languagesOf(question: string, candidates: Iterable<Passage>): Languages {
  const asked = guessLanguage(question);
  const own = new Map<number, string>();
  const documents = new Map<number, Map<string, number>>();
  const documentOf = new Map<number, number>();
  for (const { id, document, text, language: noted } of candidates) {
    documentOf.set(id, document);
    const language = noted ?? guessLanguage(text) ?? '';
    if (language === '') continue;
    own.set(id, language);
    const counts = documents.get(document) ?? new Map<string, number>();
    documents.set(document, counts.set(language, (counts.get(language) ?? 0) + 1));
  }
  const most = new Map([...documents].map(([document, counts]) => [document, mostFrequent(counts)]));
  const of = (id: number) => own.get(id) ?? most.get(documentOf.get(id) ?? -1) ?? '';
  return {
    of,
    match: (id) => (asked === undefined || of(id) === '' || of(id) === asked ? 'same' : 'other'),
  };
}

function mostFrequent(counts: ReadonlyMap<string, number>): string {
  return [...counts].sort((a, b) => b[1] - a[1])[0]![0];
}
