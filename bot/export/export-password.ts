import { deriveKey } from '../../core/keys/derive.ts';

/** Without letters and digits that are taken for one another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const LENGTH = 20;
const GROUP = 5;

/**
 * The password of one export: 20 letters and digits (99 bits) in groups of five. Made of the export's random seed (16 bytes)
 * alone, so that it is the same for every part, whatever comes between two of them: a restart, a lockdown, a new master key.
 * It is gone for good with the seed, when the last part is sent.
 */
export function exportPassword(seed: Uint8Array): string {
  const bytes = Buffer.from(deriveKey(seed, 'export-password')).toString('hex');
  let number = BigInt(`0x${bytes}`);
  let password = '';
  for (let at = 0; at < LENGTH; at++) {
    if (at > 0 && at % GROUP === 0) password += '-';
    password += LETTERS[Number(number % BigInt(LETTERS.length))];
    number /= BigInt(LETTERS.length);
  }
  return password;
}
