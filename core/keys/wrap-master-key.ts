import { randomBytes } from 'node:crypto';
import { AppError } from '../errors.ts';
import { deriveKey } from './derive.ts';
import { CANARY, type KeyFile, keysDamaged } from './key-file.ts';
import { type KdfParameters, passphraseKey, SALT_BYTES } from './passphrase-key.ts';
import { newRecoveryCode, readRecoveryCode } from './recovery-code.ts';
import { sameBytes } from './same-bytes.ts';
import { open, type SealContext, seal } from './seal.ts';
import { wipe } from './wipe.ts';

const BY_PASSPHRASE: SealContext = { label: 'master-key', id: 'passphrase' };
const BY_RECOVERY_CODE: SealContext = { label: 'master-key', id: 'recovery-code' };
const CANARY_CONTEXT: SealContext = { label: 'canary', id: '' };

/** The master key sealed by a passphrase under a new salt, and how the passphrase is stretched. */
export async function wrapByPassphrase(masterKey: Uint8Array, passphrase: string, parameters: KdfParameters) {
  const { memoryKiB, passes, lanes } = parameters;
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  const key = await passphraseKey(passphrase, salt, parameters);
  const wrapped = seal(key, masterKey, BY_PASSPHRASE);
  wipe(key);
  return { kdf: { name: 'argon2id' as const, salt, memoryKiB, passes, lanes }, wrapped };
}

/** The master key sealed by a recovery code that is made here. */
export function wrapByNewCode(masterKey: Uint8Array): { code: string; wrapped: Uint8Array } {
  const { secret, text } = newRecoveryCode();
  const key = deriveKey(secret, 'recovery-code');
  const wrapped = seal(key, masterKey, BY_RECOVERY_CODE);
  wipe(secret, key);
  return { code: text, wrapped };
}

/** The canary that proves a master key. */
export function canaryOf(masterKey: Uint8Array): Uint8Array {
  return withCanaryKey(masterKey, (key) => seal(key, CANARY, CANARY_CONTEXT));
}

/** Opens the master key (32 bytes, to be wiped). Throws AppError `forbidden` (`wrong-passphrase`) or `unavailable` (`keys-damaged`). */
export async function openByPassphrase(file: KeyFile, passphrase: string): Promise<Uint8Array> {
  const key = await passphraseKey(passphrase, file.kdf.salt, file.kdf);
  try {
    return openChecked(file, open(key, file.wrapped.passphrase, BY_PASSPHRASE));
  } catch (thrown) {
    throw sealBroken(thrown) ? wrongPassphrase() : thrown;
  } finally {
    wipe(key);
  }
}

/** The same by recovery code. Throws AppError `invalid` (`recovery-code-length`, `recovery-code-typo`) or `forbidden` (`wrong-recovery-code`). */
export function openByCode(file: KeyFile, recoveryCode: string): Uint8Array {
  const secret = readRecoveryCode(recoveryCode);
  const key = deriveKey(secret, 'recovery-code');
  try {
    return openChecked(file, open(key, file.wrapped.recovery, BY_RECOVERY_CODE));
  } catch (thrown) {
    throw sealBroken(thrown) ? wrongRecoveryCode() : thrown;
  } finally {
    wipe(secret, key);
  }
}

/** Checks that a master key in memory is the one of this keys.json; for copies of a folder. Throws AppError `unavailable` (`keys-damaged`) and wipes it when not. */
export function checkMasterKey(file: KeyFile, masterKey: Uint8Array): Uint8Array {
  return openChecked(file, masterKey);
}

// The canary proves that this is the key that the stores were made with, before anything is opened or written.
function openChecked(file: KeyFile, masterKey: Uint8Array): Uint8Array {
  const fits = withCanaryKey(masterKey, (key) => {
    try {
      return sameBytes(open(key, file.canary, CANARY_CONTEXT), CANARY);
    } catch {
      return false;
    }
  });
  if (fits) return masterKey;
  wipe(masterKey);
  throw keysDamaged('its canary does not open with its own key');
}

function withCanaryKey<T>(masterKey: Uint8Array, fn: (key: Uint8Array) => T): T {
  const key = deriveKey(masterKey, 'canary');
  try {
    return fn(key);
  } finally {
    wipe(key);
  }
}

function sealBroken(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.reason === 'seal-broken';
}

function wrongPassphrase(): AppError {
  return new AppError('forbidden', 'this passphrase does not open the state folder', {
    reason: 'wrong-passphrase',
    hint: 'Check the passphrase (setting `keys.passphraseFile`), or set a new one with the recovery code. Nothing was changed.',
  });
}

function wrongRecoveryCode(): AppError {
  return new AppError('forbidden', 'this recovery code does not open the state folder', {
    reason: 'wrong-recovery-code',
    hint: 'It may belong to another installation, or a newer code has replaced it. Nothing was changed.',
  });
}
