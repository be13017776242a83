import { createHash, randomInt } from 'node:crypto';

/** What a key of ours begins with: people, and programs that look for leaked secrets, know it by that. */
export const API_KEY_PREFIX = 'kinkeeper_';

/** Crockford's base32 in small letters: none that is taken for another. https://www.crockford.com/base32.html */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LETTERS = 8;
/** 130 bits. */
const SECRET_LETTERS = 26;
const CHECK_LETTERS = 6;
const SHAPE = new RegExp(
  `^([${LETTERS}]{${ID_LETTERS}})([${LETTERS}]{${SECRET_LETTERS}})([${LETTERS}]{${CHECK_LETTERS}})$`,
);

/** A key in its parts: `id` finds it, `secret` opens it. */
export interface ApiKeyParts {
  readonly id: string;
  readonly secret: string;
}

/** New random parts. */
export function newApiKeyParts(): ApiKeyParts {
  return { id: randomLetters(ID_LETTERS), secret: randomLetters(SECRET_LETTERS) };
}

/** A key as it is shown and sent: `kinkeeper_<id><secret><check>`, 50 characters. */
export function apiKeyText({ id, secret }: ApiKeyParts): string {
  return `${API_KEY_PREFIX}${id}${secret}${checkOf(id + secret)}`;
}

/**
 * Reads a key back: without a look at any store. `typo`: it looks like one of ours, and a letter is missing or wrong;
 * `other`: it is something else. Letters that people take for digits count as those, capitals as small ones.
 */
export function readApiKey(text: string): ApiKeyParts | 'typo' | 'other' {
  const typed = text.trim().toLowerCase();
  if (!typed.startsWith(API_KEY_PREFIX)) return 'other';
  const letters = typed.slice(API_KEY_PREFIX.length).replaceAll(/[il]/g, '1').replaceAll('o', '0');
  const [, id, secret, check] = SHAPE.exec(letters) ?? [];
  if (id === undefined || secret === undefined || check !== checkOf(id + secret)) return 'typo';
  return { id, secret };
}

function checkOf(letters: string): string {
  const hash = createHash('sha256').update(`kinkeeper/v1/api-key/${letters}`).digest();
  return [...hash.subarray(0, CHECK_LETTERS)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

function randomLetters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
