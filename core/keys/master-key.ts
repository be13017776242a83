import { randomBytes } from 'node:crypto';
import { AppError } from '../errors.ts';
import { step } from '../step.ts';
import { KEY_BYTES } from './derive.ts';
import { type KeyFile, readKeyFile, writeKeyFile } from './key-file.ts';
import type { KdfParameters } from './passphrase-key.ts';
import { wipe } from './wipe.ts';
import { canaryOf, openByCode, openByPassphrase, wrapByNewCode, wrapByPassphrase } from './wrap-master-key.ts';

/** A master key fresh in memory (32 bytes, to be wiped by who asked for it) and the code that can bring it back. */
export interface NewMasterKey {
  readonly masterKey: Uint8Array;
  readonly recoveryCode: string;
}

/**
 * Makes a master key and its keys.json; `at` is its age (milliseconds since 1970). Returns undefined, and changes nothing,
 * when there is a keys.json already. Throws AppError `invalid` (reason `passphrase-empty`) or `unavailable` (`disk-full`,
 * `state-dir`).
 */
export async function createMasterKey(
  path: string,
  passphrase: string,
  options: KdfParameters & { readonly at?: number },
): Promise<NewMasterKey | undefined> {
  const { file, ...made } = await newMasterKey(passphrase, { ...options, generation: 1 });
  if (writeKeyFile(path, file, { exclusive: true })) return made;
  wipe(made.masterKey);
  return undefined;
}

/** A master key with a keys.json that is not written yet. For the first start, and for changing the master key. Throws as `createMasterKey`. */
export async function newMasterKey(
  passphrase: string,
  { at, generation, ...parameters }: KdfParameters & { readonly at?: number; readonly generation: number },
): Promise<NewMasterKey & { readonly file: KeyFile }> {
  refuseEmpty(passphrase);
  const masterKey = new Uint8Array(randomBytes(KEY_BYTES));
  const recovery = wrapByNewCode(masterKey);
  const byPassphrase = await wrapByPassphrase(masterKey, passphrase, parameters);
  const time = at ?? null;
  const file: KeyFile = {
    kdf: byPassphrase.kdf,
    wrapped: { passphrase: byPassphrase.wrapped, recovery: recovery.wrapped },
    canary: canaryOf(masterKey),
    generation,
    madeAt: { master: time, passphrase: time, recovery: time },
  };
  return { masterKey, recoveryCode: recovery.code, file };
}

/**
 * Opens the master key with the passphrase. Reads only. Throws AppError `forbidden` (reason `wrong-passphrase`) or
 * `unavailable` (`keys-damaged`, `keys-missing`, `state-dir`).
 */
export async function unlockMasterKey(path: string, passphrase: string): Promise<Uint8Array> {
  return openByPassphrase(readKeyFile(path), passphrase);
}

/**
 * Makes a new recovery code for an unlocked keys.json. Nothing changes until `store` is called, so that the code can be
 * shown and checked first; from then on the old one opens nothing any more.
 */
export function newCodeFor(path: string, masterKey: Uint8Array, at?: number): { code: string; store: () => void } {
  const { code, wrapped } = wrapByNewCode(masterKey);
  const store = () => {
    const file = readKeyFile(path);
    const madeAt = { ...file.madeAt, recovery: at ?? null };
    writeKeyFile(path, { ...file, wrapped: { ...file.wrapped, recovery: wrapped }, madeAt }, { exclusive: false });
  };
  return { code, store };
}

/** Replaces the recovery code at once, for a start whose code nobody has seen. Returns the new one. */
export function renewRecoveryCode(path: string, masterKey: Uint8Array, at?: number): string {
  const { code, store } = newCodeFor(path, masterKey, at);
  store();
  return code;
}

/**
 * Sets a new passphrase with the recovery code, which stays valid. Throws AppError `invalid` (`recovery-code-length`,
 * `recovery-code-typo`, `passphrase-empty`), `forbidden` (`wrong-recovery-code`) or `unavailable` as unlocking does.
 */
export async function resetPassphrase(
  path: string,
  recoveryCode: string,
  passphrase: string | { readonly passphrase: string; readonly at: number },
): Promise<void> {
  const next = typeof passphrase === 'string' ? { passphrase } : passphrase;
  refuseEmpty(next.passphrase);
  await setPassphrase(path, openByCode(readKeyFile(path), recoveryCode), next);
}

/**
 * Sets a new passphrase with the old one. Processes that are unlocked go on; the next start asks for the new one. Throws
 * AppError `invalid` (`passphrase-empty`), `forbidden` (`wrong-passphrase`) or `unavailable` as unlocking does.
 */
export async function changePassphrase(
  path: string,
  old: string,
  next: { readonly passphrase: string; readonly at: number },
): Promise<void> {
  refuseEmpty(next.passphrase);
  await setPassphrase(path, await unlockMasterKey(path, old), next);
}

/** Wipes the master key. */
async function setPassphrase(
  path: string,
  masterKey: Uint8Array,
  next: { readonly passphrase: string; readonly at?: number },
): Promise<void> {
  try {
    const file = readKeyFile(path);
    const { kdf, wrapped } = await wrapByPassphrase(masterKey, next.passphrase, file.kdf);
    const madeAt = { ...file.madeAt, passphrase: next.at ?? null };
    step('passphrase-wrapped');
    writeKeyFile(
      path,
      { ...file, kdf, wrapped: { ...file.wrapped, passphrase: wrapped }, madeAt },
      { exclusive: false },
    );
    step('passphrase-stored');
  } finally {
    wipe(masterKey);
  }
}

function refuseEmpty(passphrase: string): void {
  if (passphrase.trim() !== '') return;
  throw new AppError('invalid', 'the passphrase is empty', {
    reason: 'passphrase-empty',
    hint: 'Choose a passphrase of several words and keep it where you would find it in ten years.',
  });
}
