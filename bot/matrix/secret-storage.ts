import { createCipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Homeserver } from './homeserver.ts';

/** The cross-signing secrets by their account-data names, base64 as the crypto library exports them. */
export type CrossSigningSecrets = Readonly<
  Record<'m.cross_signing.master' | 'm.cross_signing.self_signing' | 'm.cross_signing.user_signing', string>
>;

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/**
 * Stores the bot's cross-signing secrets on the homeserver, sealed under a new recovery key (Matrix secret storage,
 * `m.secret_storage.v1.aes-hmac-sha2`). Returns the recovery key as people write it; it is kept nowhere.
 */
export async function storeSecrets(
  homeserver: Homeserver,
  user: string,
  secrets: CrossSigningSecrets,
): Promise<string> {
  const key = randomBytes(32);
  const keyId = randomBytes(16).toString('hex');
  const proof = sealSecret(key, '', '\0'.repeat(32));
  await homeserver.setAccountData(user, `m.secret_storage.key.${keyId}`, {
    name: 'Kinkeeper recovery key',
    algorithm: 'm.secret_storage.v1.aes-hmac-sha2',
    iv: proof.iv,
    mac: proof.mac,
  });
  for (const [name, secret] of Object.entries(secrets)) {
    await homeserver.setAccountData(user, name, { encrypted: { [keyId]: sealSecret(key, name, secret) } });
  }
  await homeserver.setAccountData(user, 'm.secret_storage.default_key', { key: keyId });
  const written = encodeRecoveryKey(key);
  key.fill(0);
  return written;
}

/** AES-256-CTR and HMAC-SHA-256 with keys from HKDF(secret name), as the Matrix specification's "Secrets" module has it. */
export function sealSecret(
  key: Uint8Array,
  name: string,
  secret: string,
): { iv: string; ciphertext: string; mac: string } {
  const derived = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(32), name, 64));
  const iv = randomBytes(16);
  // Bit 63 is cleared so that implementations with a 64-bit counter agree.
  iv[8]! &= 0x7f;
  const cipher = createCipheriv('aes-256-ctr', derived.subarray(0, 32), iv);
  const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  const mac = createHmac('sha256', derived.subarray(32)).update(ciphertext).digest();
  derived.fill(0);
  return { iv: unpadded(iv), ciphertext: unpadded(ciphertext), mac: unpadded(mac) };
}

/** "Recovery key" notation of the specification: 0x8B 0x01, the key, a parity byte; base58 in groups of four. */
export function encodeRecoveryKey(key: Uint8Array): string {
  const bytes = [0x8b, 0x01, ...key];
  bytes.push(bytes.reduce((parity, byte) => parity ^ byte, 0));
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  while (number > 0n) {
    text = BASE58[Number(number % 58n)]! + text;
    number /= 58n;
  }
  return text.match(/.{1,4}/g)!.join(' ');
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
