import { randomFillSync } from 'node:crypto';
import type { SessionKey } from 'openpgp';

/**
 * The OpenPGP session key of one archive from its 32 bytes (AES-256): opens this archive and no other. New random bytes
 * when none are given, of which there is no other copy: they may have to be wiped.
 */
export function sessionKeyOf(bytes: Uint8Array = randomFillSync(new Uint8Array(32))): SessionKey {
  return { data: bytes, algorithm: 'aes256' } as unknown as SessionKey;
}
