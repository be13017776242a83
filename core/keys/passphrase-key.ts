import { hashRaw } from '@node-rs/argon2';
import { KEY_BYTES } from './derive.ts';

/** How hard a passphrase is to guess: argon2id's memory in KiB, passes over it, and lanes (threads). */
export interface KdfParameters {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** For every new keys.json: RFC 9106, section 4, the second recommended option (64 MiB, 3 passes, 4 lanes). */
export const KDF_PARAMETERS: KdfParameters = { memoryKiB: 65_536, passes: 3, lanes: 4 };

/** For tests only: no protection against guessing at all. */
export const KDF_FOR_TESTS_ONLY: KdfParameters = { memoryKiB: 64, passes: 1, lanes: 1 };

// The library's `Algorithm.Argon2id`: a const enum, which Node cannot import from a type file.
const ARGON2ID = 2;

/** Length of the salt in bytes. */
export const SALT_BYTES = 16;

// A damaged or hostile keys.json must not be able to ask for all of the machine's memory or for hours.
const MOST_MEMORY_KIB = 1_048_576;
const MOST_PASSES = 16;
const MOST_LANES = 16;

/** True for parameters that may be handed to argon2id: whole numbers, at most 1 GiB, 16 passes and 16 lanes. */
export function soundKdf(kdf: KdfParameters): boolean {
  const { memoryKiB, passes, lanes } = kdf;
  if (![memoryKiB, passes, lanes].every((value) => Number.isSafeInteger(value) && value >= 1)) return false;
  return memoryKiB <= MOST_MEMORY_KIB && passes <= MOST_PASSES && lanes <= MOST_LANES && memoryKiB >= 8 * lanes;
}

/**
 * Stretches a passphrase into a key with argon2id (RFC 9106). The passphrase is taken in Unicode form NFKC, so that it
 * does not matter on which keyboard an umlaut was typed. Parameters must be sound (`soundKdf`).
 */
export async function passphraseKey(passphrase: string, salt: Uint8Array, kdf: KdfParameters): Promise<Uint8Array> {
  const typed = Buffer.from(passphrase.normalize('NFKC'), 'utf8');
  try {
    return await hashRaw(typed, {
      algorithm: ARGON2ID,
      memoryCost: kdf.memoryKiB,
      timeCost: kdf.passes,
      parallelism: kdf.lanes,
      outputLen: KEY_BYTES,
      salt,
    });
  } finally {
    typed.fill(0);
  }
}
