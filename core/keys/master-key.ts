import { randomBytes } from 'node:crypto';
import { AppError } from '../errors.ts';
import { deriveKey, KEY_BYTES } from './derive.ts';
import { CANARY, type KeyFile, keysDamaged, readKeyFile, writeKeyFile } from './key-file.ts';
import { type KdfParameters, passphraseKey, SALT_BYTES } from './passphrase-key.ts';
import { newRecoveryCode, readRecoveryCode } from './recovery-code.ts';
import { sameBytes } from './same-bytes.ts';
import { open, type SealContext, seal } from './seal.ts';
import { wipe } from './wipe.ts';

const BY_PASSPHRASE: SealContext = { label: 'master-key', id: 'passphrase' };
const BY_RECOVERY_CODE: SealContext = { label: 'master-key', id: 'recovery-code' };
const CANARY_CONTEXT: SealContext = { label: 'canary', id: '' };

/** A master key fresh in memory (32 bytes, to be wiped by who asked for it) and the code that can bring it back. */
export interface NewMasterKey {
  readonly masterKey: Uint8Array;
  readonly recoveryCode: string;
}

/**
 * Makes a master key and its keys.json. Returns undefined, and changes nothing, when there is a keys.json already.
 * Throws AppError `invalid` (reason `passphrase-empty`) or `unavailable` (`disk-full`, `state-dir`).
 */
export async function createMasterKey(
  path: string,
  passphrase: string,
  parameters: KdfParameters,
): Promise<NewMasterKey | undefined> {
  refuseEmpty(passphrase);
  const masterKey = new Uint8Array(randomBytes(KEY_BYTES));
  const recovery = wrapByNewCode(masterKey);
  const byPassphrase = await wrapByPassphrase(masterKey, passphrase, parameters);
  const canary = withCanaryKey(masterKey, (key) => seal(key, CANARY, CANARY_CONTEXT));
  const file: KeyFile = {
    kdf: byPassphrase.kdf,
    wrapped: { passphrase: byPassphrase.wrapped, recovery: recovery.wrapped },
    canary,
  };
  if (writeKeyFile(path, file, { exclusive: true })) return { masterKey, recoveryCode: recovery.code };
  wipe(masterKey);
  return undefined;
}

/**
 * Opens the master key with the passphrase. Reads only. Throws AppError `forbidden` (reason `wrong-passphrase`) or
 * `unavailable` (`keys-damaged`, `keys-missing`, `state-dir`).
 */
export async function unlockMasterKey(path: string, passphrase: string): Promise<Uint8Array> {
  const file = readKeyFile(path);
  const key = await passphraseKey(passphrase, file.kdf.salt, file.kdf);
  try {
    return openChecked(file, open(key, file.wrapped.passphrase, BY_PASSPHRASE));
  } catch (thrown) {
    throw sealBroken(thrown) ? wrongPassphrase() : thrown;
  } finally {
    wipe(key);
  }
}

/** Replaces the recovery code of an unlocked keys.json; the old code opens nothing any more. Returns the new one. */
export function renewRecoveryCode(path: string, masterKey: Uint8Array): string {
  const file = readKeyFile(path);
  const { code, wrapped } = wrapByNewCode(masterKey);
  writeKeyFile(path, { ...file, wrapped: { ...file.wrapped, recovery: wrapped } }, { exclusive: false });
  return code;
}

/**
 * Sets a new passphrase with the recovery code, which stays valid. Throws AppError `invalid` (`recovery-code-length`,
 * `recovery-code-typo`, `passphrase-empty`), `forbidden` (`wrong-recovery-code`) or `unavailable` as unlocking does.
 */
export async function resetPassphrase(path: string, recoveryCode: string, passphrase: string): Promise<void> {
  refuseEmpty(passphrase);
  const file = readKeyFile(path);
  const masterKey = openByCode(file, recoveryCode);
  try {
    const { kdf, wrapped } = await wrapByPassphrase(masterKey, passphrase, file.kdf);
    writeKeyFile(path, { ...file, kdf, wrapped: { ...file.wrapped, passphrase: wrapped } }, { exclusive: false });
  } finally {
    wipe(masterKey);
  }
}

function openByCode(file: KeyFile, recoveryCode: string): Uint8Array {
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

async function wrapByPassphrase(masterKey: Uint8Array, passphrase: string, parameters: KdfParameters) {
  const { memoryKiB, passes, lanes } = parameters;
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  const key = await passphraseKey(passphrase, salt, parameters);
  const wrapped = seal(key, masterKey, BY_PASSPHRASE);
  wipe(key);
  return { kdf: { name: 'argon2id' as const, salt, memoryKiB, passes, lanes }, wrapped };
}

function wrapByNewCode(masterKey: Uint8Array): { code: string; wrapped: Uint8Array } {
  const { secret, text } = newRecoveryCode();
  const key = deriveKey(secret, 'recovery-code');
  const wrapped = seal(key, masterKey, BY_RECOVERY_CODE);
  wipe(secret, key);
  return { code: text, wrapped };
}

function sealBroken(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.reason === 'seal-broken';
}

function refuseEmpty(passphrase: string): void {
  if (passphrase.trim() !== '') return;
  throw new AppError('invalid', 'the passphrase is empty', {
    reason: 'passphrase-empty',
    hint: 'Choose a passphrase of several words and keep it where you would find it in ten years.',
  });
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
