import type { ApiScope } from '../../../core/api-key.ts';
import { FORMATS } from '../../../core/wording/format.ts';
import type { ErrorFacts } from '../facts/trouble.ts';
import { MAY } from './api.ts';

type Invalid = ErrorFacts['error.api-invalid'];

const { number, list } = FORMATS.de;

/** How each right is typed (bot/commands/api-key-terms.ts). */
const TYPED: Readonly<Record<ApiScope, string>> = {
  ...{ upload: 'hochladen', read: 'lesen', ask: 'fragen', export: 'exportieren', delete: 'löschen' },
};

/** German: a key of the HTTP API that was made for other things, what this takes, and how that is had. */
export function sayScope({ scope, may }: ErrorFacts['error.api-key-scope']): string {
  return `Dieser Schlüssel darf nur ${acts(may)}; diese Anfrage braucht einen, der ${acts(scope)} darf. \`!apischlüssel neu NAME ${TYPED[scope as ApiScope] ?? scope}\` im Chat mit mir macht einen.`;
}

function acts(scopes: string): string {
  return list(scopes.split(', ').map((scope) => MAY[scope as ApiScope] ?? scope));
}

const PLACES: Readonly<Record<string, string>> = {
  ...{ path: 'in der Adresse', query: 'unter den Parametern', header: 'unter den Headern', body: 'im JSON' },
};
const PROBLEMS: Readonly<Record<string, string>> = {
  ...{ missing: 'fehlt', twice: 'steht mehr als einmal da', kind: 'ist von anderer Art', empty: 'ist leer' },
  ...{ short: 'ist zu kurz', long: 'ist zu lang', small: 'ist zu klein', large: 'ist zu groß' },
};

/** German: a value of a request to the HTTP API that does not fit, what was expected, and where that is told. */
export function sayInvalid(facts: Invalid): string {
  const { place, field, problem, takes } = facts;
  const where = PLACES[place] ?? '';
  const names = takes === '' ? 'Es gibt dort nichts.' : `Es gibt: ${list(takes.split(', '))}.`;
  const more = '`/v1/docs` sagt mehr.';
  if (field === '') return `Der Inhalt muss ein JSON-Objekt sein. ${names} ${more}`;
  if (problem === 'unknown') return `„${field}“ ist ${where} nicht bekannt. ${names} ${more}`;
  const expected = problem === 'twice' ? 'nur einmal' : expectedOf(facts);
  return `„${field}“ ${where} ${PROBLEMS[problem] ?? 'ist nicht, wie es sein soll'}. Erwartet: ${expected}. ${more}`;
}

function expectedOf({ type, least, most }: Invalid): string {
  if (type === 'integer') return `eine ganze Zahl${range(least, most, '')}`;
  return type === 'string' ? `ein Text${range(least, most, ' Zeichen')}` : 'ein Wert von anderer Art';
}

function range(least: number, most: number, unit: string): string {
  if (least < 0 && most < 0) return '';
  if (most < 0) return ` von mindestens ${number(least)}${unit}`;
  if (least < 0) return ` von höchstens ${number(most)}${unit}`;
  return ` von ${number(least)} bis ${number(most)}${unit}`;
}
