import { API_KEY_DAYS, API_SCOPES, type ApiScope } from '../../core/api-key.ts';
import { AppError } from '../../core/errors.ts';
import { DAY_MS } from '../../core/retention/age.ts';

/** What a new key may do, and for how long (milliseconds). */
export interface ApiKeyTerms {
  readonly scopes: readonly ApiScope[];
  readonly lastsMs: number;
}

const WORDS: Readonly<Record<ApiScope, RegExp>> = {
  upload: /^(uploads?|send|hochladen|senden)$/,
  read: /^(read|lists?|lesen|listen?)$/,
  ask: /^(ask|questions?|fragen?)$/,
  export: /^(exports?|exportieren)$/,
  delete: /^(delete|forget|löschen|loeschen|vergessen)$/,
};
const ALL = /^(all|everything|alles)$/;
/** Without a word: what a phone or a script mostly needs, and nothing that takes everything along or away. */
const USUAL: readonly ApiScope[] = ['upload', 'read', 'ask'];

/** Words that only join others. */
const JOINING = /^(only|just|nur|and|und|may|darf|to|zum|zu)$/;
const LASTING =
  /(?:^|\s)(?:(?:for|für|fuer)\s+)?(\d{1,9})\s*(d|days?|tage?n?|w|weeks?|wochen?|months?|monate?n?|y|years?|jahre?n?)\.?\s*$/;
const UNIT_DAYS: readonly (readonly [RegExp, number])[] = [
  [/^(d|t)/, 1],
  [/^w/, 7],
  [/^m/, 30],
  [/^(y|j)/, 365],
];
const MOST_YEARS = 5;
const MOST_DAYS = MOST_YEARS * 365;

/**
 * Reads "--upload-only", "upload and ask for 90 days", "nur hochladen für 30 Tage". Some keyboards make one long dash of two
 * short ones. Nothing at all: uploading, listing and asking, for a year. Throws AppError `invalid` (reasons
 * `api-key-terms`, and `api-key-lasting` for a time alone that is too long or none).
 */
export function apiKeyTerms(text: string | undefined): ApiKeyTerms {
  const typed = (text ?? '').toLowerCase().normalize('NFC');
  const [lasting, number, unit] = LASTING.exec(typed) ?? [];
  const days = number === undefined ? API_KEY_DAYS : Number(number) * daysOf(unit!);
  const words = (lasting === undefined ? typed : typed.slice(0, -lasting.length))
    .split(/[\s,;+&–—-]+/)
    .filter((word) => word !== '' && !JOINING.test(word));
  const asked = words.flatMap(scopesOf);
  if (asked.includes(undefined)) throw noTerms();
  if (days < 1 || days > MOST_DAYS) {
    const facts = { years: MOST_YEARS };
    throw new AppError('invalid', 'a key does not last so long', { reason: 'api-key-lasting', facts });
  }
  const scopes = asked.length === 0 ? USUAL : API_SCOPES.filter((scope) => asked.includes(scope));
  return { scopes, lastsMs: days * DAY_MS };
}

function scopesOf(word: string): readonly (ApiScope | undefined)[] {
  return ALL.test(word) ? API_SCOPES : [API_SCOPES.find((scope) => WORDS[scope].test(word))];
}

function daysOf(unit: string): number {
  return UNIT_DAYS.find(([words]) => words.test(unit))![1];
}

function noTerms(): AppError {
  return new AppError('invalid', 'these are no terms of a key', { reason: 'api-key-terms' });
}
