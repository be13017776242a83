import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { sameBytes } from '../../core/keys/same-bytes.ts';
import type { Homeserver } from './homeserver.ts';

/** The cross-signing secrets by their account-data names, base64 as the crypto library exports them. */
export type CrossSigningSecrets = Readonly<
  Record<'m.cross_signing.master' | 'm.cross_signing.self_signing' | 'm.cross_signing.user_signing', string>
>;

/** A secret as it lies on the homeserver: unpadded base64. */
interface SealedSecret {
  readonly iv: string;
  readonly ciphertext: string;
  readonly mac: string;
}

const NAMES = ['m.cross_signing.master', 'm.cross_signing.self_signing', 'm.cross_signing.user_signing'] as const;
const KEY_BYTES = 32;

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

/**
 * The counterpart of `storeSecrets`: fetches the bot's cross-signing secrets and opens them with its recovery key as people write it.
 * Throws AppError `invalid` (reason `recovery-key-typo`), `forbidden` (`recovery-key-wrong`) or `not-found` (`secret-storage-empty`).
 */
export async function openSecrets(homeserver: Homeserver, user: string, written: string): Promise<CrossSigningSecrets> {
  const key = decodeRecoveryKey(written);
  try {
    const chosen = (await homeserver.accountData(user, 'm.secret_storage.default_key'))?.key;
    const secrets: Partial<Record<(typeof NAMES)[number], string>> = {};
    for (const name of NAMES) {
      const stored = (await homeserver.accountData(user, name)) as { encrypted?: Record<string, unknown> } | undefined;
      const sealed = stored?.encrypted?.[String(chosen)];
      if (!isSealed(sealed)) throw storageEmpty(user);
      secrets[name] = unsealSecret(key, name, sealed);
    }
    return secrets as CrossSigningSecrets;
  } finally {
    key.fill(0);
  }
}

/** The opposite of `sealSecret`. Throws AppError `forbidden` (reason `recovery-key-wrong`) when the key is another. */
function unsealSecret(key: Uint8Array, name: string, { iv, ciphertext, mac }: SealedSecret): string {
  const derived = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(32), name, 64));
  try {
    const bytes = Buffer.from(ciphertext, 'base64');
    const expected = createHmac('sha256', derived.subarray(32)).update(bytes).digest();
    if (!sameBytes(expected, Buffer.from(mac, 'base64'))) throw keyWrong();
    const decipher = createDecipheriv('aes-256-ctr', derived.subarray(0, 32), Buffer.from(iv, 'base64'));
    return Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8');
  } finally {
    derived.fill(0);
  }
}

function isSealed(value: unknown): value is SealedSecret {
  const { iv, ciphertext, mac } = (value ?? {}) as Record<string, unknown>;
  return typeof iv === 'string' && typeof ciphertext === 'string' && typeof mac === 'string';
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

/** The opposite of `encodeRecoveryKey`. Throws AppError `invalid` (reason `recovery-key-typo`). */
export function decodeRecoveryKey(written: string): Uint8Array {
  let number = 0n;
  for (const letter of written.replace(/\s/g, '')) {
    const digit = BASE58.indexOf(letter);
    if (digit < 0) throw keyTypo();
    number = number * 58n + BigInt(digit);
  }
  const hex = number.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const isRight = bytes.length === KEY_BYTES + 3 && bytes[0] === 0x8b && bytes[1] === 0x01;
  if (!isRight || bytes.reduce((parity, byte) => parity ^ byte, 0) !== 0) throw keyTypo();
  return Uint8Array.from(bytes.subarray(2, 2 + KEY_BYTES));
}

function keyTypo(): AppError {
  return new AppError('invalid', 'This is no recovery key of a bot: a letter of it is mistyped or missing.', {
    reason: 'recovery-key-typo',
    hint: 'It is twelve groups of four letters and digits that begin with E; capital and small letters differ.',
  });
}

function keyWrong(): AppError {
  return new AppError('forbidden', 'This recovery key is another one than that of the bot’s account.', {
    reason: 'recovery-key-wrong',
    hint: 'It was shown once in the ops room at the first start. The recovery code of the household is something else.',
  });
}

function storageEmpty(user: string): AppError {
  return new AppError('not-found', `The homeserver keeps no sealed identity for ${user}.`, {
    reason: 'secret-storage-empty',
    hint: 'Reset the identity of the account (its password is needed), remove the file recovery-key from the state folder, and start again.',
  });
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
