import type { Passage } from '../../../core/document.ts';
import type { Embedder } from '../../../core/question.ts';
import type { Finder } from './finders.ts';

const CHUNK = 512;
const TOP = 4;

/**
 * What the popular tools do by default: chunks of a fixed size, MiniLM, the nearest four by cosine. It gets the same
 * extracted text as the product, page by page.
 */
export async function baselineOf(passages: readonly Passage[], embedder: Embedder): Promise<Finder> {
  const chunks: { passage: Passage; vector: Float32Array }[] = [];
  for (const { first, text } of pagesOf(passages)) {
    for (let at = 0; at < text.length; at += CHUNK) {
      const part = text.slice(at, at + CHUNK).trim();
      if (part === '') continue;
      const passage = { ...first, heading: '', start: at, end: at + CHUNK, text: part };
      chunks.push({ passage, vector: await embedder.embedPassage(part) });
    }
  }
  return async (question) => {
    const asked = await embedder.embedQuestion(question);
    const scored = chunks.map(({ passage, vector }) => ({ passage, score: dot(asked, vector) }));
    return scored
      .sort((a, b) => b.score - a.score)
      .slice(0, TOP)
      .map(({ passage }) => passage);
  };
}

/** The text of every page, put together again from its passages, which hold all of it but blanks. */
function pagesOf(passages: readonly Passage[]): { first: Passage; text: string }[] {
  const pages = new Map<string, { first: Passage; text: string }>();
  for (const passage of passages) {
    const key = JSON.stringify([passage.document, passage.page]);
    const page = pages.get(key) ?? { first: passage, text: '' };
    const { length } = page.text;
    if (passage.start > length) page.text += ' '.repeat(passage.start - length);
    page.text += passage.text.slice(Math.max(0, length - passage.start));
    pages.set(key, page);
  }
  return [...pages.values()];
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
