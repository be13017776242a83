import { randomBytes } from 'node:crypto';
import { AppError } from '../errors.ts';

// A code is 8 groups of 5 characters: 4 carry 20 random bits, the fifth checks them. 160 random bits in all.
// Characters: Crockford's base32 (no I, L, O, U). https://www.crockford.com/base32.html
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 8;
const DATA_PER_GROUP = 4;
const GROUP_LENGTH = DATA_PER_GROUP + 1;

/** Random bytes in a recovery code. */
export const RECOVERY_BYTES = (GROUPS * DATA_PER_GROUP * 5) / 8;

/** Makes a recovery code: the secret bytes, and the text that an admin writes down (`ABCD1-...`, 8 groups of 5). */
export function newRecoveryCode(): { secret: Uint8Array; text: string } {
  const secret = new Uint8Array(randomBytes(RECOVERY_BYTES));
  return { secret, text: recoveryText(secret) };
}

/** Writes secret bytes as a recovery code. */
export function recoveryText(secret: Uint8Array): string {
  const symbols: number[] = [];
  let bits = 0;
  let held = 0;
  for (const byte of secret) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 5) {
      held -= 5;
      symbols.push((bits >> held) & 31);
    }
    bits &= (1 << held) - 1;
  }
  const groups: string[] = [];
  for (let group = 0; group < GROUPS; group++) {
    const data = symbols.slice(group * DATA_PER_GROUP, (group + 1) * DATA_PER_GROUP);
    groups.push([...data, checkSymbol(data, group)].map((symbol) => ALPHABET[symbol]).join(''));
  }
  return groups.join('-');
}

/**
 * Reads a recovery code as a person types it: any case, blanks and hyphens anywhere, O for 0, I and L for 1. Throws
 * AppError `invalid`: reason `recovery-code-length`, or `recovery-code-typo` with the number of the group (from 1).
 */
export function readRecoveryCode(text: string): Uint8Array {
  const typed = asTyped(text);
  if (typed.length !== GROUPS * GROUP_LENGTH) {
    throw new AppError('invalid', 'this is not a whole recovery code', {
      reason: 'recovery-code-length',
      hint: `A recovery code has ${GROUPS} groups of ${GROUP_LENGTH} characters.`,
      facts: { groups: GROUPS, length: GROUP_LENGTH },
    });
  }
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (let group = 0; group < GROUPS; group++) {
    for (const symbol of groupData(typed.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH), group)) {
      bits = ((bits << 5) | symbol) & 0xfff;
      held += 5;
      if (held >= 8) {
        held -= 8;
        bytes.push((bits >> held) & 0xff);
      }
    }
  }
  return Uint8Array.from(bytes);
}

/**
 * The last group of a recovery code, of a whole one or typed alone as `readRecoveryCode` reads it. Throws AppError
 * `invalid`: reason `recovery-group-length`, or `recovery-group-typo` for what ends no code at all.
 */
export function lastGroup(text: string): string {
  const typed = asTyped(text);
  if (![GROUP_LENGTH, GROUPS * GROUP_LENGTH].includes(typed.length)) {
    const facts = { length: GROUP_LENGTH };
    throw new AppError('invalid', 'this is no group of a recovery code', { reason: 'recovery-group-length', facts });
  }
  const group = typed.slice(-GROUP_LENGTH);
  const symbols = symbolsOf(group);
  if (!isChecked(symbols, GROUPS - 1)) {
    throw new AppError('invalid', 'this ends no recovery code', { reason: 'recovery-group-typo' });
  }
  return group;
}

function asTyped(text: string): string {
  return text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
}

function symbolsOf(group: string): number[] {
  return [...group].map((character) => ALPHABET.indexOf(character));
}

function isChecked(symbols: readonly number[], group: number): boolean {
  return !symbols.includes(-1) && checkSymbol(symbols.slice(0, DATA_PER_GROUP), group) === symbols[DATA_PER_GROUP];
}

function groupData(typed: string, group: number): number[] {
  const symbols = symbolsOf(typed);
  if (!isChecked(symbols, group)) {
    throw new AppError('invalid', `group ${group + 1} of the recovery code holds a typing mistake`, {
      reason: 'recovery-code-typo',
      hint: 'Compare that group with what was written down.',
      facts: { group: group + 1 },
    });
  }
  return symbols.slice(0, DATA_PER_GROUP);
}

// A weighted sum in GF(32): different weights catch every single wrong character and every pair of swapped ones; the
// group's number is a term of its own, so two swapped groups are caught as well.
function checkSymbol(data: readonly number[], group: number): number {
  let sum = 0;
  let weight = 1;
  for (const symbol of [...data, group + 1]) {
    weight = timesAlpha(weight);
    sum ^= times(weight, symbol);
  }
  return sum;
}

// GF(32) with the primitive polynomial x^5 + x^2 + 1.
function timesAlpha(value: number): number {
  const doubled = value << 1;
  return doubled & 32 ? doubled ^ 0b100101 : doubled;
}

function times(left: number, right: number): number {
  let product = 0;
  let shifted = left;
  for (let bit = 0; bit < 5; bit++) {
    if ((right >> bit) & 1) product ^= shifted;
    shifted = timesAlpha(shifted);
  }
  return product;
}
