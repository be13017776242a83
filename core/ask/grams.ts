import { factsOf } from './facts.ts';

/** A run of a script that writes without blanks (bigrams), or a word of any other letters and digits (4-grams). */
const WORDS =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー々]+|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー々])[\p{L}\p{N}])+/gu;
const UNSPACED = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー々]/u;
const MARKS = /\p{M}+/gu;
/** Words joined by one of these are indexed as one word too: codes are written "HV28C-0719" here and "HV28C 0719" there. */
const JOINED = /(?<![\p{L}\p{N}])[\p{L}\p{N}]+(?:[-./_:'’][\p{L}\p{N}]+)+/gu;

const SIZE = 4;
/** Longer words (encoded data, mostly) are indexed whole and by their start only. */
const LONGEST_WORD = 64;

/** Most grams that a question may look for: the time of a full-text search grows with them. */
const MOST_QUERY_GRAMS = 256;

/**
 * Grams of a text for the full-text index, with repeats: character 4-grams of `^word$`, the whole `^word$`, bigrams of
 * Chinese and Japanese, dates and amounts in one spelling (facts.ts). Called for every passage at ingest and for every question. Each gram holds letters, digits, `^`
 * and `$` only, so that FTS5's tokenizer (unicode61, tokenchars '^$') keeps it in one piece. Measured in
 * core/DESIGN.md: .965 nDCG@10 on average over six languages where words reach .926, without knowing the language.
 */
export function gramsOf(text: string): string[] {
  const folded = fold(text);
  const grams: string[] = [];
  for (const [word] of folded.matchAll(WORDS)) {
    if (UNSPACED.test(word)) pushBigrams(grams, word);
    else pushWord(grams, word);
  }
  for (const joined of joinedWords(folded)) grams.push(`^${joined}$`);
  for (const fact of factsOf(text)) grams.push(fact);
  return grams;
}

/** Distinct grams of a question, whole words, dates and amounts first, at most 256: `TenantReader.lexical` takes them. */
export function queryGrams(text: string): string[] {
  const grams = [...new Set(gramsOf(text))];
  const isPart = (gram: string) => [...gram].length <= SIZE && !isWholeWord(gram);
  return [...grams.filter((gram) => !isPart(gram)), ...grams.filter(isPart)].slice(0, MOST_QUERY_GRAMS);
}

/** Words of a text in the form they are compared in: NFKC, lower case, no combining marks; Chinese and Japanese as bigrams. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [word] of fold(text).matchAll(WORDS)) {
    if (UNSPACED.test(word)) pushBigrams(words, word);
    else words.push(word);
  }
  return words;
}

/** Words of a text that hold a digit, and codes without their separators: what a question for a code or a number must find. */
export function codesOf(text: string): Set<string> {
  const folded = fold(text);
  const words = [...folded.matchAll(WORDS)].map(([word]) => word).filter((word) => /\p{N}/u.test(word));
  return new Set([...words, ...joinedWords(folded)]);
}

/**
 * Counts how many of some codes (of `codesOf`) a text holds, by the same rules. For many texts: most hold nothing like
 * them, which one look tells in a tenth of the time that listing a text's own codes takes.
 */
export function codeCounter(codes: readonly string[]): (text: string) => number {
  const alike = codes.map((code) => new RegExp([...code].join('[^\\p{L}\\p{N}]*'), 'u'));
  return (text) => {
    const folded = fold(text);
    if (!alike.some((code) => code.test(folded))) return 0;
    const held = codesOf(text);
    return codes.filter((code) => held.has(code)).length;
  };
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(MARKS, '');
}

function pushWord(grams: string[], word: string): void {
  const characters = [...word.slice(0, LONGEST_WORD)];
  const marked = ['^', ...characters, '$'];
  if (marked.length > SIZE) {
    for (let at = 0; at + SIZE <= marked.length; at++) grams.push(marked.slice(at, at + SIZE).join(''));
  }
  grams.push(`^${word}$`);
}

function pushBigrams(grams: string[], run: string): void {
  const characters = [...run];
  if (characters.length === 1) grams.push(run);
  for (let at = 0; at + 2 <= characters.length; at++) grams.push(characters[at]! + characters[at + 1]!);
}

/** Codes written with separators, without them; only what holds a digit, so that ordinary hyphenated words cost nothing. */
function* joinedWords(folded: string): Generator<string> {
  for (const [joined] of folded.matchAll(JOINED)) {
    if (/\p{N}/u.test(joined)) yield joined.replace(/[^\p{L}\p{N}]+/gu, '');
  }
}

function isWholeWord(gram: string): boolean {
  return gram.startsWith('^') && gram.endsWith('$');
}
