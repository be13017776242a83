import { readFileSync } from 'node:fs';
import { type Key, PrivateKey, readKeys } from 'openpgp';
import { AppError } from '../../../core/errors.ts';

/**
 * Reads the public keys that backups are sealed to: one or more OpenPGP keys in a file, armored. Throws AppError `invalid`
 * (reason `backup-recipients`) when there is none, one is private, or one cannot be encrypted to any more.
 */
export async function readRecipients(path: string, now: number): Promise<Key[]> {
  const keys = await readAll(path);
  if (keys.some((key) => key instanceof PrivateKey)) {
    throw unusable(
      path,
      'it holds a private key',
      'Take it off this server: with it, whoever breaks in reads every backup.',
    );
  }
  for (const key of keys) {
    const usable = await key.getEncryptionKey(undefined, new Date(now)).catch(() => undefined);
    if (usable === undefined) throw unusable(path, `the key ${idOf(key)} is expired, revoked, or not for encrypting`);
  }
  return keys;
}

/** The last sixteen digits of a key's fingerprint, as gpg shows them. */
export function idOf(key: Key): string {
  return key.getKeyID().toHex().toUpperCase();
}

const BLOCK = /-----BEGIN PGP [A-Z ]+-----[\s\S]*?-----END PGP [A-Z ]+-----/g;

/** Keys are mostly put one armored block after the other, of which OpenPGP.js would read the first. */
async function readAll(path: string): Promise<Key[]> {
  let keys: Key[];
  try {
    const blocks = readFileSync(path, 'utf8').match(BLOCK) ?? [];
    keys = (await Promise.all(blocks.map((armoredKeys) => readKeys({ armoredKeys })))).flat();
  } catch (thrown) {
    throw unusable(
      path,
      (thrown as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'it is not there'
        : 'something in it that looks like an OpenPGP key is none',
    );
  }
  if (keys.length === 0) throw unusable(path, 'it holds no OpenPGP key');
  return keys;
}

function unusable(path: string, problem: string, hint?: string): AppError {
  return new AppError('invalid', `backups cannot be sealed with ${path}: ${problem}`, {
    reason: 'backup-recipients',
    hint:
      hint ?? '`kinkeeper backup keys` makes a key; its public half belongs into this file (backup.recipientsFile).',
    facts: { file: path, problem },
  });
}
