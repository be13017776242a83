/** Without letters and digits that are taken for one another. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/**
 * A password that people type from a screen or a paper: letters and digits in groups of `group`, made of random bytes (a hash's worth) alone, nearly
 * 5 bits each. Used for exports and for new accounts.
 */
export function typablePassword(
  random: Uint8Array,
  { length, group }: { readonly length: number; readonly group: number },
): string {
  let number = BigInt(`0x${Buffer.from(random).toString('hex')}`);
  let password = '';
  for (let at = 0; at < length; at++) {
    if (at > 0 && at % group === 0) password += '-';
    password += LETTERS[Number(number % BigInt(LETTERS.length))];
    number /= BigInt(LETTERS.length);
  }
  return password;
}
