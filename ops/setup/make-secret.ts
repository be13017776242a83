import { execFileSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { readPlainFile } from './place.ts';
import type { PlannedSecret } from './plan/plan.ts';

/** Without what looks alike on paper (0 O 1 l I). */
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Letters and digits by chance: 32 of them stand for 185 bits. */
export function randomSecret(length = 32): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** What stands in a secret file that is not there yet. Those that others are made of have to be there. */
export function makeSecret({ make }: PlannedSecret): string {
  const of = () => ('of' in make ? readPlainFile(make.of).trim() : '');
  switch (make.kind) {
    case 'random':
      return randomSecret();
    case 'around':
      return `${make.before}${of()}${make.after}`;
    case 'htpasswd':
      return `${make.name}:${hashed(of())}`;
    case 'signing-key':
      // As Synapse's own generate_signing_key writes it.
      return `ed25519 a_${randomSecret(4)} ${randomBytes(32).toString('base64').replaceAll('=', '')}`;
  }
}

/** SHA-512 crypt, as nginx reads it; by openssl's own hands. */
function hashed(password: string): string {
  return execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password, encoding: 'utf8' }).trim();
}
