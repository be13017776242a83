import { randomBytes } from 'node:crypto';
import type { SessionKey } from 'openpgp';

/**
 * The OpenPGP session key of one archive from its 32 bytes (AES-256): opens this archive and no other. New random bytes
 * when none are given.
 */
export function sessionKeyOf(bytes: Uint8Array = new Uint8Array(randomBytes(32))): SessionKey {
  return { data: bytes, algorithm: 'aes256' } as unknown as SessionKey;
}
