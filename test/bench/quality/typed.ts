import type { CorpusQuestion } from './corpus.ts';

/** How questions are typed: with one slip in the longest word, or in lower case without accents and marks. */
export type Typing = 'typo' | 'plain';

/** Letters that lie side by side on a keyboard; what is not here is changed about with the next letter instead. */
const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
/** Shorter words are seldom mistyped, and one slip makes another word of them. */
const LEAST_LETTERS = 5;
const LONG_WORD = new RegExp(`\\p{L}{${LEAST_LETTERS},}`, 'gu');

/** The same questions as people type them on phones. The same slips each time, so that two runs can be compared. */
export function typedAs(typing: Typing, questions: readonly CorpusQuestion[]): CorpusQuestion[] {
  const type = typing === 'plain' ? plain : mistyped;
  return questions.map((question, at) => ({ ...question, question: type(question.question, at) }));
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/ß/g, 'ss')
    .replace(/ł/g, 'l')
    .replace(/ı/g, 'i')
    .replace(/[¿¡?!.,]+(?=\s|$)|[¿¡]/gu, '');
}

/** One slip within the longest word, by turns: two letters changed about, one dropped, one doubled, the key beside it. */
function mistyped(text: string, turn: number): string {
  const [word] = (text.match(LONG_WORD) ?? []).sort((a, b) => b.length - a.length);
  if (word === undefined) return text;
  const letters = [...word];
  // Behind the first two letters, which are seldom mistyped, and before the last.
  const at = 2 + (Math.floor(turn / 4) % (letters.length - 3));
  const [letter, next] = [letters[at]!, letters[at + 1]!];
  const beside = neighbour(letter);
  if (turn % 4 === 1) letters.splice(at, 1);
  else if (turn % 4 === 2) letters.splice(at, 0, letter);
  else if (turn % 4 === 3 && beside !== undefined) letters[at] = beside;
  else letters.splice(at, 2, next, letter);
  return text.replace(word, letters.join(''));
}

function neighbour(letter: string): string | undefined {
  const row = ROWS.find((keys) => keys.includes(letter));
  const at = row?.indexOf(letter) ?? -1;
  return row?.[at + 1] ?? row?.[at - 1];
}
