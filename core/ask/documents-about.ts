import type { Passage } from '../document.ts';
import type { TenantReader } from '../tenant.ts';
import { foldText } from './fold-text.ts';
import { queryGrams } from './grams.ts';

/** Up to so many passages all of them are looked through, which takes some milliseconds. */
const ALL_PASSAGES = 2000;
/** Of more, the best matches. */
const CANDIDATES = 300;

const UNSPACED = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u;

/**
 * Numbers of the current documents whose text holds all of some words, at the beginning of words of its own ("rent" in
 * "rental", not in "parent"), letters compared without case and accents: those where most passages hold one come first.
 * Among more than ALL_PASSAGES passages, only those that the index thinks best of are looked at. For `!files`.
 */
export function documentsAbout(
  reader: Pick<TenantReader, 'documents' | 'lexical' | 'passageCount' | 'passages' | 'passagesOf'>,
  words: string,
): number[] {
  const wanted = soughtWords(words);
  if (wanted.length === 0) return [];
  const found = new Map<number, { readonly held: Set<string>; passages: number }>();
  for (const { document, text } of candidates(reader, words)) {
    const folded = foldText(text);
    const held = wanted.filter((word) => holds(folded, word));
    if (held.length === 0) continue;
    const one = found.get(document) ?? { held: new Set(), passages: 0 };
    for (const word of held) one.held.add(word);
    one.passages += 1;
    found.set(document, one);
  }
  return [...found]
    .filter(([, { held }]) => held.size === wanted.length)
    .sort(([a, one], [b, other]) => other.passages - one.passages || a - b)
    .map(([document]) => document);
}

/** The distinct words of what somebody looks for, folded. */
export function soughtWords(words: string): string[] {
  return [...new Set(foldText(words).split(/\s+/).filter(Boolean))];
}

function* candidates(reader: Parameters<typeof documentsAbout>[0], words: string): Generator<Passage> {
  // An index may leave out what stands in most passages, which in few papers is soon the case.
  if (reader.passageCount() <= ALL_PASSAGES) {
    for (const { number } of reader.documents()) yield* reader.passagesOf(number);
  } else yield* reader.passages(reader.lexical(queryGrams(words), CANDIDATES).map(({ passage }) => passage));
}

function holds(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || UNSPACED.test(word) || !/[\p{L}\p{N}]/u.test(text[at - 1]!)) return true;
  }
  return false;
}
