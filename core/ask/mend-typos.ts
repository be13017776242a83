import type { PieceEncoder } from '../question.ts';
import type { TenantReader } from '../tenant.ts';
import { gramsOf, wordsOf } from './grams.ts';
import { isStopWord } from './guess-language.ts';

/** Shorter words are one letter away from too many others. */
const LEAST_LETTERS = 5;
/** Passages, by the letters that they share with a word, whose words may take its place. */
const LOOKED_AT = 40;

/**
 * A question with its slips mended by the words of the person's own documents: a word that stands in none of them, and
 * that the vocabulary of the word pieces does not know as a whole either, becomes the most frequent word that is one slip
 * away (a letter taken for its neighbour on the keyboard, dropped, added, or two changed about). The index holds no list of words: they are read
 * from the passages that share most 4-grams with it. Called by answerQuestion before finding; what a model reads and
 * people see stays as it was typed.
 */
export function mendTypos(question: string, reader: TenantReader, vectors: PieceEncoder): string {
  let mended = question;
  for (const word of new Set(wordsOf(question))) {
    if (!isStrange(word, reader, vectors)) continue;
    const meant = nearestWord(word, reader);
    if (meant !== undefined) mended = replaceWord(mended, word, meant);
  }
  return mended;
}

function isStrange(word: string, reader: TenantReader, vectors: PieceEncoder): boolean {
  if ([...word].length < LEAST_LETTERS || /\P{L}/u.test(word) || isStopWord(word)) return false;
  return vectors.pieces(word).length > 1 && reader.lexical([`^${word}$`], 1).length === 0;
}

function nearestWord(word: string, reader: TenantReader): string | undefined {
  const near = reader.passages(reader.lexical(gramsOf(word), LOOKED_AT).map(({ passage }) => passage));
  const counts = new Map<string, number>();
  for (const { text, heading, documentName } of near) {
    for (const own of new Set(wordsOf(`${documentName}\n${heading}\n${text}`))) {
      if (counts.has(own) || isSlipOf(word, own)) counts.set(own, (counts.get(own) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/**
 * True when one slip lies between two words: optimal string alignment distance 1 (Damerau 1964). The first letter is
 * seldom mistyped; a difference in the last one is an ending rather than a slip, and 4-grams find those anyway.
 */
function isSlipOf(typed: string, meant: string): boolean {
  if (typed === meant || typed[0] !== meant[0] || Math.abs(typed.length - meant.length) > 1) return false;
  let at = 0;
  while (typed[at] === meant[at]) at += 1;
  if (at >= Math.min(typed.length, meant.length) - 1 && !isSwapped(typed, meant, at)) return false;
  const rest = (word: string, from: number) => word.slice(from);
  if (typed.length > meant.length) return rest(typed, at + 1) === rest(meant, at);
  if (typed.length < meant.length) return rest(typed, at) === rest(meant, at + 1);
  if (rest(typed, at + 1) === rest(meant, at + 1)) return isKeyBeside(typed[at]!, meant[at]!);
  return isSwapped(typed, meant, at) && rest(typed, at + 2) === rest(meant, at + 2);
}

/** Keys by row from above, and how far each row stands to the right. German keyboards have y and z changed about. */
const ROWS = [
  { keys: ['qwertyuiop', 'qwertzuiop'], indent: 0 },
  { keys: ['asdfghjkl'], indent: 0.25 },
  { keys: ['zxcvbnm', 'yxcvbnm'], indent: 0.75 },
];

/** Keys that a thumb takes for one another, or one letter without and with its accent: grandma is no slip for grandpa. */
function isKeyBeside(typed: string, meant: string): boolean {
  const [a, b] = [typed.normalize('NFD')[0]!, meant.normalize('NFD')[0]!];
  if (a === b) return true;
  return keysOf(a).some(([ax, ay]) => keysOf(b).some(([bx, by]) => Math.abs(ax - bx) <= 1 && Math.abs(ay - by) <= 1));
}

/** Where a letter lies: across and down, in widths of a key; nowhere for letters of other scripts. */
function keysOf(letter: string): [number, number][] {
  return ROWS.flatMap(({ keys, indent }, down) =>
    keys.filter((row) => row.includes(letter)).map((row): [number, number] => [row.indexOf(letter) + indent, down]),
  );
}

function isSwapped(a: string, b: string, at: number): boolean {
  return a[at + 1] !== undefined && a[at] === b[at + 1] && a[at + 1] === b[at];
}

/** Where the word was typed in another form of its letters (capitals, accents) it is found by its folded form. */
function replaceWord(question: string, word: string, meant: string): string {
  return question
    .normalize('NFKC')
    .replace(/[\p{L}\p{M}\p{N}]+/gu, (typed) => (wordsOf(typed).includes(word) ? meant : typed));
}
