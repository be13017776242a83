import { createHmac } from 'node:crypto';

/** Without letters and digits that are taken for one another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const LENGTH = 20;
const GROUP = 5;

/**
 * The password of one export: 20 letters and digits (99 bits) in groups of five. Made of a secret of the installation and a
 * random salt, so that it is stored nowhere and yet is the same for every part, also after a restart; it is gone for good with
 * the salt, when the last part is sent.
 */
export function exportPassword(secret: Uint8Array, salt: Uint8Array): string {
  const bytes = createHmac('sha256', secret).update(salt).digest('hex');
  let number = BigInt(`0x${bytes}`);
  let password = '';
  for (let at = 0; at < LENGTH; at++) {
    if (at > 0 && at % GROUP === 0) password += '-';
    password += LETTERS[Number(number % BigInt(LETTERS.length))];
    number /= BigInt(LETTERS.length);
  }
  return password;
}
