import type { Passage } from '../document.ts';
import { factsOf } from './facts.ts';
import { codeCounter, codesOf, wordsOf } from './grams.ts';
import { tellingWords } from './telling-words.ts';
import { type AskedTime, yearsIn } from './time-words.ts';

/** What is added to a fused score (0..1, mostly). Measured in core/DESIGN.md; each alone moves a passage by a few ranks. */
const NAMED = 0.15;
const CODES = 0.2;
const TIME = 0.1;
/** A word in the names of more files than this names none of them. */
const MOST_NAMED = 3;

/**
 * What a question says beside its subject, as an addition to a candidate's score: a file that it names ("laut
 * Mietvertrag"), codes and numbers that must stand there, a year, a month or "the newest" among files that say so in
 * their names. Called by findPassages.
 */
export function preferencesOf(
  question: string,
  asked: AskedTime,
  candidates: readonly Passage[],
): (passage: Passage) => number {
  const names = [...new Set(candidates.map(({ documentName }) => documentName))];
  const named = namedFiles(question, names);
  const times = timesOf(question, asked, names);
  const codes = [...codesOf(question)].filter((code) => !/^(?:19|20)\d\d$/.test(code));
  const heldCodes = codeCounter(codes);
  return ({ documentName, heading, text }) => {
    let sum = (named.has(documentName) ? NAMED : 0) + TIME * (times.get(documentName) ?? 0);
    if (codes.length > 0) {
      sum += (CODES * heldCodes(`${documentName}\n${heading}\n${text}`)) / codes.length;
    }
    return sum;
  };
}

/** Files of whose names the question has a telling word. */
function namedFiles(question: string, names: readonly string[]): Set<string> {
  const asked = new Set(tellingWords(question).filter((word) => word.length > 3 || /\P{sc=Latin}/u.test(word)));
  const filesOf = new Map<string, string[]>();
  for (const name of names) {
    const words = new Set(wordsOf(stem(name)));
    for (const word of words) {
      if (asked.has(word) && !/\p{N}/u.test(word)) filesOf.set(word, [...(filesOf.get(word) ?? []), name]);
    }
  }
  return new Set([...filesOf.values()].filter((files) => files.length <= MOST_NAMED).flat());
}

/** By file name: above 0 when it is from the time that was asked for, below when from another, 0 when it does not say. */
function timesOf(question: string, asked: AskedTime, names: readonly string[]): Map<string, number> {
  const months = monthsIn(question);
  const times = new Map<string, number>();
  for (const name of names) {
    const sum = agreement(asked.years, yearsIn(stem(name))) + agreement(months, [...monthsIn(stem(name))]);
    if (sum !== 0) times.set(name, sum);
  }
  if (asked.newest) for (const [name, sign] of newestFirst(names)) times.set(name, (times.get(name) ?? 0) + sign);
  return times;
}

function agreement(wanted: ReadonlySet<string>, own: readonly string[]): number {
  if (wanted.size === 0 || own.length === 0) return 0;
  return own.some((time) => wanted.has(time)) ? 1 : -1;
}

/** Among files whose names differ in figures and months alone: 1 for the newest, -1 for the others. */
function newestFirst(names: readonly string[]): [string, number][] {
  const series = Map.groupBy(names, (name) =>
    stem(name)
      .replace(/[\p{N}\s_-]+/gu, ' ')
      .trim()
      .toLowerCase(),
  );
  return [...series.values()]
    .filter((files) => files.length > 1)
    .flatMap((files) => {
      const [newest] = [...files].sort((a, b) => (timeKey(a) < timeKey(b) ? 1 : -1));
      return files.map((name): [string, number] => [name, name === newest ? 1 : -1]);
    });
}

function timeKey(name: string): string {
  return `${yearsIn(stem(name))[0] ?? '0000'} ${[...monthsIn(stem(name))][0] ?? ''}`;
}

function monthsIn(text: string): Set<string> {
  return new Set(factsOf(text).filter((fact) => fact.startsWith('mon')));
}

/** A file name without its ending, underscores as blanks. */
function stem(name: string): string {
  return name.replace(/\.\p{L}[\p{L}\p{N}]{0,4}$/u, '').replaceAll('_', ' ');
}
