import type { ApiScope } from '../../../core/api-key.ts';
import { FORMATS } from '../../../core/wording/format.ts';
import type { ErrorFacts } from '../facts/trouble.ts';
import { MAY } from './api.ts';

type Invalid = ErrorFacts['error.api-invalid'];

const { number, list } = FORMATS.en;

/** English: a key of the HTTP API that was made for other things, what this takes, and how that is had. */
export function sayScope({ scope, may }: ErrorFacts['error.api-key-scope']): string {
  return `This key may only ${acts(may)}; this request takes one that may ${acts(scope)}. \`!apikey new NAME ${scope}\` in your chat with me makes one.`;
}

function acts(scopes: string): string {
  return list(scopes.split(', ').map((scope) => MAY[scope as ApiScope] ?? scope));
}

const PLACES: Readonly<Record<string, string>> = {
  ...{ path: 'in the address', query: 'among the parameters', header: 'among the headers', body: 'in the JSON' },
};
const PROBLEMS: Readonly<Record<string, string>> = {
  ...{ missing: 'is missing', twice: 'is there more than once', kind: 'is of another kind', empty: 'is empty' },
  ...{ short: 'is too short', long: 'is too long', small: 'is too small', large: 'is too large' },
};

/** English: a value of a request to the HTTP API that does not fit, what was expected, and where that is told. */
export function sayInvalid(facts: Invalid): string {
  const { place, field, problem, takes } = facts;
  const where = PLACES[place] ?? '';
  const names = takes === '' ? 'There are none.' : `There are: ${list(takes.split(', '))}.`;
  const more = '`/v1/docs` tells more.';
  if (field === '') return `The body has to be a JSON object. ${names} ${more}`;
  if (problem === 'unknown') return `Nothing called “${field}” is known ${where}. ${names} ${more}`;
  const expected = problem === 'twice' ? 'it once only' : expectedOf(facts);
  return `“${field}” ${where} ${PROBLEMS[problem] ?? 'is not as it should be'}. Expected: ${expected}. ${more}`;
}

function expectedOf({ type, least, most }: Invalid): string {
  if (type === 'integer') return `a whole number${range(least, most, '')}`;
  return type === 'string' ? `a text${range(least, most, ' characters')}` : 'another kind of value';
}

function range(least: number, most: number, unit: string): string {
  if (least < 0 && most < 0) return '';
  if (most < 0) return ` of at least ${number(least)}${unit}`;
  if (least < 0) return ` of at most ${number(most)}${unit}`;
  return unit === '' ? ` from ${number(least)} to ${number(most)}` : ` of ${number(least)} to ${number(most)}${unit}`;
}
