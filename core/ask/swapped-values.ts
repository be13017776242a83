import { numberWordsIn } from './number-words.ts';
import { isSameWord } from './same-word.ts';
import { type ScannedValue, scanValues, western } from './scan-values.ts';
import { tellingWords } from './telling-words.ts';
import { unitsBeside } from './units.ts';
import { partsOfLine } from './value-clauses.ts';

/** A clause of a passage that states values. */
export interface Stating {
  readonly words: readonly string[];
  readonly values: readonly ScannedValue[];
}

/** How many clauses with values may lie between two that a sentence mixes up by its own words, and by those of the question. */
const NEAR = { own: 8, asked: 2 };

/** Said once for several things: "the course begins at four, gymnastics at six". They tell of none of them. */
const SHARED =
  /^(?:begin(?:s|nt|nen)?|starts?|startet|ends?|endet|costs?|kostet|kosten|amounts?|beträgt|betragen|betraegt|liegt|lasts?|dauert|runs?|läuft|due|paid|fällig|zahlbar|belaufen|beläuft)$/u;
const AND = /(?<!\p{L})(?:and|und|while|but|whereas|während|aber|et|y|e|i|ve|и)(?!\p{L})/iu;

/** The clauses of a text that state values, in order; a row of a table is one. Made once per answer. */
export function statingClauses(text: string): Stating[] {
  return western(text)
    .split('\n')
    .flatMap((line) => (line.includes(' | ') ? [line] : partsOfLine(line).flatMap(partsAtAnd)))
    .map((part) => ({ words: tellingWords(part).filter(isWord), values: valuesIn(part) }))
    .filter(({ values }) => values.length > 0);
}

/** Numbers in words count as well. */
function valuesIn(text: string): ScannedValue[] {
  const words = numberWordsIn(text, undefined).map(({ word, value, ...place }) => ({
    shown: word,
    readings: [`N${value}`],
    units: unitsBeside(text, place),
  }));
  return [...scanValues(text), ...words.filter(({ units }) => units.length > 0)];
}

/** "The rent is 800 and the deposit 2400" is two clauses, "between 8 and 10" and "bread and butter for 3" are one. */
function partsAtAnd(part: string): string[] {
  const parts = part.split(AND);
  const tells = (one: string) => valuesIn(one).length > 0 && tellingWords(one).some(isWord);
  return parts.length > 1 && parts.every(tells) ? parts : [part];
}

/**
 * True when a sentence gives a value to what a clause near it gives another value of the same kind to: "The deposit is 800
 * euros" over "The rent is 800 euros, the deposit 2400". Its words, or the question's, stand with the other value and not
 * with this one, which is said there of something else. `held`: the clauses of each passage that the sentence rests on.
 */
export function isSwapped(
  sentence: string,
  held: readonly (readonly Stating[])[],
  { own, asked }: { own: readonly string[]; asked: readonly string[] },
): boolean {
  const values = valuesIn(western(sentence));
  const words = own.filter(isWord);
  const withQuestion = [...words, ...asked.filter(isWord)];
  return values.some((value) => {
    const places = held.map((clauses) => ({ clauses, holds: clauses.map((clause) => states(clause, value)) }));
    const stating = places.flatMap(({ clauses, holds }) => clauses.filter((_, at) => holds[at]));
    const belongs = (others: readonly string[], near: number) =>
      places.some(({ clauses, holds }) =>
        clauses.some(
          (other, at) =>
            !holds[at] &&
            holds.some((isHere, place) => isHere && Math.abs(place - at) <= near) &&
            other.values.some((one) => isKind(value, one)) &&
            isOf(others, other, stating),
        ),
      );
    return belongs(words, NEAR.own) || belongs(withQuestion, NEAR.asked);
  });
}

/** True when words are about one clause and about none of the others, each of which is about something of its own. */
function isOf(words: readonly string[], clause: Stating, others: readonly Stating[]): boolean {
  const elsewhere = others.flatMap((other) => other.words);
  const isHere = (word: string) => isAmong(clause.words, word);
  if (!words.some((word) => isHere(word) && !isAmong(elsewhere, word))) return false;
  if (words.some((word) => !isHere(word) && isAmong(elsewhere, word) && !SHARED.test(word))) return false;
  return others.every((other) => other.words.some((word) => !isAmong(words, word) && !isHere(word)));
}

function isAmong(words: readonly string[], word: string): boolean {
  return words.some((other) => isSameWord(word, other));
}

function isWord(word: string): boolean {
  return !/\p{N}/u.test(word) && numberWordsIn(word, undefined).length === 0;
}

function states({ values }: Stating, value: ScannedValue): boolean {
  return values.some((other) => other.readings.some((reading) => value.readings.includes(reading)));
}

function isKind(a: ScannedValue, b: ScannedValue): boolean {
  const [one, two] = [a.readings[0]?.[0], b.readings[0]?.[0]];
  if (one === undefined || one !== two) return false;
  return a.units.length === 0 || b.units.length === 0 || a.units.some((unit) => b.units.includes(unit));
}
