import { existsSync, readFileSync } from 'node:fs';
import { type Key, PrivateKey, readKeys } from 'openpgp';
import { AppError } from '../../../core/errors.ts';
import { writeDurably } from '../../../core/keys/durable-write.ts';

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

/** Adds a public key to the file, which is made when there is none yet. A key that is in it already stays as it is. Throws AppError as `readRecipients`. */
export async function addRecipient(path: string, publicKey: string, now: number): Promise<void> {
  const there = existsSync(path) ? await readRecipients(path, now) : [];
  const [added] = await readKeys({ armoredKeys: publicKey });
  if (added === undefined || there.some((key) => idOf(key) === idOf(added))) return;
  // What stands there stays as it is written: an admin compares it, and an incident's guide sees by it whether a key was replaced.
  const before = there.length === 0 ? '' : `${readFileSync(path, 'utf8').trimEnd()}\n\n`;
  writeDurably(path, before + added.toPublic().armor(), { exclusive: false });
}

const BLOCK = /-----BEGIN PGP [A-Z ]+-----[\s\S]*?-----END PGP [A-Z ]+-----/g;

/** All keys of an armored text: the library by itself reads the first of several blocks and passes over the rest. Throws when there is none. */
export async function keysIn(text: string): Promise<Key[]> {
  const blocks = text.match(BLOCK) ?? [text];
  return (await Promise.all(blocks.map((armoredKeys) => readKeys({ armoredKeys })))).flat();
}

async function readAll(path: string): Promise<Key[]> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    const isThere = (thrown as NodeJS.ErrnoException).code !== 'ENOENT';
    throw unusable(path, isThere ? 'it cannot be read' : 'it is not there');
  }
  if (!text.includes('-----BEGIN PGP ')) throw unusable(path, 'it holds no OpenPGP key');
  const keys = await keysIn(text).catch(() => []);
  if (keys.length === 0) throw unusable(path, 'something in it that looks like an OpenPGP key is none');
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
