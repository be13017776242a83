import { checkAnswer } from '../../../core/ask/check-answer.ts';
import { evidenceOf } from '../../../core/ask/check-sentence.ts';
import { type ScannedValue, scanValues, western } from '../../../core/ask/scan-values.ts';
import { tellingWords } from '../../../core/ask/telling-words.ts';
import type { TokenVectors } from '../../../core/ask/token-vectors.ts';
import type { Passage } from '../../../core/document.ts';

/** Of clauses of a corpus as they stand, and with their values exchanged: how many the check of answers would show. */
export interface SwappedAnswers {
  readonly clauses: number;
  readonly clausesShown: number;
  readonly swaps: number;
  readonly swapsShown: number;
}

const PARTS = /[,;.](?=\s)|(?<!\p{L})(?:and|und)(?!\p{L})/u;
const LONGEST = 160;

/**
 * Says every clause with one value over its own passage, and every two that follow each other with values of one kind with
 * these exchanged: "the rent is 2400 euros", "the deposit 800". Rows of tables are left out.
 */
export function shownSwaps(passages: readonly Passage[], vectors: TokenVectors): SwappedAnswers {
  const count = { clauses: 0, clausesShown: 0, swaps: 0, swapsShown: 0 };
  for (const passage of passages) {
    const evidence = evidenceOf([passage], { question: '', language: undefined, vectors });
    const isShown = (clause: string) => checkAnswer(`${clause.trim()}. [1]`, evidence).text !== '';
    const clauses = clausesOf(passage.text);
    for (const [at, { text, value }] of clauses.entries()) {
      count.clauses += 1;
      if (isShown(text)) count.clausesShown += 1;
      const next = clauses[at + 1];
      if (next === undefined || !isOfOneKind(value, next.value)) continue;
      count.swaps += 2;
      if (isShown(text.replace(value.shown, next.value.shown))) count.swapsShown += 1;
      if (isShown(next.text.replace(next.value.shown, value.shown))) count.swapsShown += 1;
    }
  }
  return count;
}

function clausesOf(text: string): { text: string; value: ScannedValue }[] {
  const lines = text.split('\n').filter((line) => !line.includes(' | '));
  return lines
    .flatMap((line) => line.split(PARTS))
    .filter((part) => part.length < LONGEST && western(part) === part && tells(part))
    .map((part) => ({ text: part, values: scanValues(part) }))
    .flatMap(({ text: part, values }) => (values.length === 1 ? [{ text: part, value: values[0]! }] : []));
}

function tells(clause: string): boolean {
  return tellingWords(clause).some((word) => !/\p{N}/u.test(word));
}

function isOfOneKind(a: ScannedValue, b: ScannedValue): boolean {
  if (a.shown === b.shown || a.readings[0]?.[0] !== b.readings[0]?.[0]) return false;
  return a.units.length === 0 || b.units.length === 0 || a.units.some((unit) => b.units.includes(unit));
}
