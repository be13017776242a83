import { readFileSync } from 'node:fs';
import { decryptKey, type Key, PrivateKey } from 'openpgp';
import { AppError } from '../../../core/errors.ts';
import { idOf, keysIn } from './recipients.ts';

/** How often a passphrase may be mistyped before the command gives up. */
const TRIES = 3;

/**
 * Reads the private half of a key that backups are sealed to, armored as `kinkeeper backup keys` and `gpg --armor
 * --export-secret-keys` write it, and opens it. `ask` is called for the passphrase of each key that has one. Throws AppError
 * `invalid` (reason `backup-key-file`: no private key in it) or `forbidden` (`backup-key-passphrase`), and what `ask` throws.
 */
export async function openPrivateKeys(path: string, ask: (label: string) => Promise<string>): Promise<PrivateKey[]> {
  const keys = (await readAll(path)).filter((key): key is PrivateKey => key instanceof PrivateKey);
  if (keys.length === 0) throw noKey(path, 'it holds a public key; the private half is needed');
  const open: PrivateKey[] = [];
  for (const key of keys) open.push(key.isDecrypted() ? key : await opened(key, ask));
  return open;
}

async function opened(privateKey: PrivateKey, ask: (label: string) => Promise<string>): Promise<PrivateKey> {
  for (let tries = 1; ; tries++) {
    const label = `Passphrase of the backup key ${idOf(privateKey)}`;
    const passphrase = await ask(tries === 1 ? label : `That is not it. ${label}`);
    try {
      return await decryptKey({ privateKey, passphrase });
    } catch (cause) {
      if (tries >= TRIES) throw wrongPassphrase(cause);
    }
  }
}

async function readAll(path: string): Promise<Key[]> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw noKey(path, 'it cannot be read', cause);
  }
  try {
    return await keysIn(text);
  } catch (cause) {
    throw noKey(path, 'it holds no OpenPGP key', cause);
  }
}

function noKey(path: string, problem: string, cause?: unknown): AppError {
  return new AppError('invalid', `no backup can be opened with ${path}: ${problem}`, {
    reason: 'backup-key-file',
    hint: 'It takes the text from "-----BEGIN PGP PRIVATE KEY BLOCK-----" to "-----END PGP PRIVATE KEY BLOCK-----", every line of it.',
    facts: { file: path, problem },
    cause,
  });
}

function wrongPassphrase(cause: unknown): AppError {
  return new AppError('forbidden', 'this is not the passphrase of the backup key', {
    reason: 'backup-key-passphrase',
    hint: 'It was chosen when the key was made, and is another one than the passphrase of the household. Nothing was changed.',
    cause,
  });
}
