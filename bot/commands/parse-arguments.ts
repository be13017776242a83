import { LANGUAGES, type Language, type PersonId } from '../../core/caller.ts';
import { type Named, personId, personNamed } from '../../core/person-id.ts';
import type { ArgumentSpec, ArgumentTypes, ChoiceWord } from './command-spec.ts';
import { loanMarked } from './loan-mark.ts';
import { visibleText } from './visible-text.ts';

/** As many documents as one call may name: their names fit into a message. */
export const MOST_NUMBERS = 20;

/** Why a call does not fit its command; `given` is what the person typed. */
export type ArgumentProblem =
  | { readonly kind: 'missing' }
  | { readonly kind: 'extra' | 'number' | 'numbers' | 'person' | 'language' | 'choice'; readonly given: string }
  /** A lent paper, where one's own are meant. */
  | { readonly kind: 'loan'; readonly number: number }
  | { readonly kind: 'many' };

export type ParsedArguments =
  | { readonly ok: true; readonly values: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: ArgumentProblem };

const LANGUAGE_NAMES: Readonly<Record<string, Language>> = {
  english: 'en',
  englisch: 'en',
  german: 'de',
  deutsch: 'de',
};

/**
 * Reads the text after a command's name by its spec, left to right. The values have one entry per argument; those that
 * were left out are undefined. Nothing is guessed: a word that no argument takes is a problem. Characters that nobody sees
 * are left out, except in a password. Throws AppError `conflict` (`person-several`) for a name that several people of `named` have.
 */
export function parseArguments(specs: readonly ArgumentSpec[], text: string, named: Named): ParsedArguments {
  const values: Record<string, unknown> = {};
  let rest = specs.some(({ label }) => label === 'password') ? text.trim() : visibleText(text);
  for (const spec of specs) {
    const [given, after] = ['text', 'numbers'].includes(spec.type) ? [rest, ''] : firstWord(rest);
    rest = after;
    if (given === '') {
      if (!spec.optional) return { ok: false, problem: { kind: 'missing' } };
      values[spec.name] = undefined;
      continue;
    }
    const value = parseOne(spec, given, named);
    if (Array.isArray(value) && value.length > MOST_NUMBERS) return { ok: false, problem: { kind: 'many' } };
    if (value === undefined) return { ok: false, problem: problemOf(spec, given) };
    values[spec.name] = value;
  }
  return rest === '' ? { ok: true, values } : { ok: false, problem: { kind: 'extra', given: rest } };
}

/** The first word of a line and what follows it, trimmed; empty strings where there is none. */
export function firstWord(line: string): readonly [word: string, rest: string] {
  const [word = ''] = /^\S*/.exec(line) ?? [];
  return [word, line.slice(word.length).trim()];
}

function parseOne(spec: ArgumentSpec, given: string, named: Named): unknown {
  switch (spec.type) {
    case 'number':
      return numberOf(given);
    case 'numbers':
      return numbersOf(given);
    case 'loan':
      return loanMarked(given) ?? numberOf(given);
    case 'paper':
      return paperOf(given);
    case 'person': {
      const local = localName(given);
      return local === undefined ? personOf(given) : personNamed(local, named);
    }
    case 'name':
      return personOf(given) ?? localName(given);
    case 'language':
      return LANGUAGES.find((language) => language === given.toLowerCase()) ?? LANGUAGE_NAMES[given.toLowerCase()];
    case 'word':
      return spec.oneOf === undefined
        ? given
        : spec.oneOf.flatMap(wordsOf).find((word) => word === given.toLowerCase());
    case 'text':
      return given;
  }
}

/** A choice as it may be typed, in whatever language. */
function wordsOf(choice: ChoiceWord): readonly string[] {
  return typeof choice === 'string' ? [choice] : Object.values(choice);
}

function problemOf({ type }: ArgumentSpec, given: string): ArgumentProblem {
  const lent = type.startsWith('number')
    ? given.split(/[\s,;&]+/).flatMap((word) => loanMarked(word) ?? [])[0]
    : undefined;
  if (lent !== undefined) return { kind: 'loan', number: lent };
  if (type === 'loan' || type === 'paper') return { kind: 'number', given };
  if (type === 'name') return { kind: 'person', given };
  return { kind: type === 'word' || type === 'text' ? 'choice' : type, given };
}

function paperOf(given: string): ArgumentTypes['paper'] | undefined {
  const loan = loanMarked(given);
  const number = loan ?? numberOf(given);
  return number === undefined ? undefined : { isLent: loan !== undefined, number };
}

/** "#3" and "3." are how people copy a number from a list. undefined when it is none. */
function numberOf(given: string): number | undefined {
  const digits = /^#?(\d{1,9})\.?$/.exec(given)?.[1];
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits);
}

/** "1, 2 and 5-7" as numbers; one more than is allowed where a stretch is longer. undefined when anything else is there. */
function numbersOf(given: string): number[] | undefined {
  const parts = given.replace(/\s*[-–]\s*/g, '-').split(/\s*[,;&]\s*|\s+(?:(?:and|und)\s+)?/);
  const found = new Set<number>();
  for (const part of parts) {
    const [from, to, ...more] = part.split('-').map(numberOf);
    const last = part.includes('-') ? to : from;
    if (from === undefined || last === undefined || more.length > 0 || last < from) return undefined;
    for (let number = from; number <= last && found.size <= MOST_NUMBERS; number++) found.add(number);
  }
  return [...found].sort((a, b) => a - b);
}

function personOf(given: string): PersonId | undefined {
  try {
    return personId(given);
  } catch {
    return undefined;
  }
}

/** What homeservers allow in names of new accounts (https://spec.matrix.org/v1.16/appendices/#user-identifiers); undefined for anything else. */
function localName(given: string): string | undefined {
  const [, local] = /^@?([a-z0-9._=/+-]+)$/.exec(given.toLowerCase()) ?? [];
  return local === undefined ? undefined : `@${local}`;
}
