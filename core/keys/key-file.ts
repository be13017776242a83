import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { KEY_BYTES } from './derive.ts';
import { writeDurably } from './durable-write.ts';
import { SALT_BYTES, soundKdf } from './passphrase-key.ts';
import { SEAL_OVERHEAD } from './seal.ts';
import { storageFault } from './storage-fault.ts';

const FORMAT_VERSION = 2;
const MOST_FILE_BYTES = 16_384;

/** The plain bytes of the canary. */
export const CANARY = new TextEncoder().encode('kinkeeper canary');

// Base64 has more than one spelling of the same bytes; only ours is taken, so that no bit of the file can change unseen.
const bytes = (length: number) =>
  z
    .base64()
    .refine((text) => Buffer.from(text, 'base64').toString('base64') === text)
    .transform((text): Uint8Array => new Uint8Array(Buffer.from(text, 'base64')))
    .refine((value) => value.length === length);

const time = z.int().nullable();

const first = z.strictObject({
  version: z.literal(1),
  kdf: z.strictObject({
    name: z.literal('argon2id'),
    salt: bytes(SALT_BYTES),
    memoryKiB: z.number(),
    passes: z.number(),
    lanes: z.number(),
  }),
  wrapped: z.strictObject({
    passphrase: bytes(KEY_BYTES + SEAL_OVERHEAD),
    recovery: bytes(KEY_BYTES + SEAL_OVERHEAD),
  }),
  canary: bytes(CANARY.length + SEAL_OVERHEAD),
  checksum: z.string(),
});

const second = first.extend({
  version: z.literal(FORMAT_VERSION),
  generation: z.int().min(1),
  madeAt: z.strictObject({ master: time, passphrase: time, recovery: time }),
});

const layout = z.discriminatedUnion('version', [first, second]);

/**
 * What keys.json holds: how the passphrase is stretched, the master key wrapped twice, a canary sealed under it, the how
 * many-th master key it is, and when it, its passphrase and its recovery code were made (milliseconds since 1970; null: before
 * that was noted). The checksum in the file (no secret) tells a damaged file from a wrong passphrase.
 */
export type KeyFile = Omit<z.infer<typeof second>, 'version' | 'checksum'>;

/**
 * Reads keys.json. Throws AppError `unavailable`: reason `keys-missing`, `keys-damaged` (not whole, not sound, or of a
 * newer version), or `state-dir` when it may not be read.
 */
export function readKeyFile(path: string): KeyFile {
  return parseKeyFile(readBounded(path));
}

/** Reads the text of a keys.json, for one that lies in no folder. Throws AppError `unavailable` (reason `keys-damaged`). */
export function parseKeyFile(text: string): KeyFile {
  let parsed: z.infer<typeof layout>;
  try {
    parsed = layout.parse(JSON.parse(text));
  } catch {
    throw keysDamaged('it does not have the form of a key file of this version');
  }
  if (!soundKdf(parsed.kdf)) throw keysDamaged('it asks for more memory or time than any key file of ours');
  const { version, checksum, ...file } = parsed;
  const content = version === 1 ? plainFirst(file) : plain(file as KeyFile);
  if (checksum !== checksumOf(content)) throw keysDamaged('its checksum does not fit its content');
  const undated = { generation: 1, madeAt: { master: null, passphrase: null, recovery: null } };
  return { ...undated, ...file };
}

/**
 * Writes keys.json so that a power cut cannot damage it, readable by its owner only. With `exclusive` a file that is
 * there already is left alone and false comes back. Throws AppError `unavailable` (`disk-full`, `state-dir`).
 */
export function writeKeyFile(path: string, file: KeyFile, options: { exclusive: boolean }): boolean {
  const content = plain(file);
  const text = JSON.stringify({ ...content, checksum: checksumOf(content) }, null, 2);
  // What opened before must not open any more: the bytes of the file before are overwritten once nothing names them.
  return writeDurably(path, `${text}\n`, { ...options, shred: true });
}

/** The error of a keys.json that cannot be trusted; `problem` says what is wrong with it. */
export function keysDamaged(problem: string): AppError {
  return new AppError('unavailable', `keys.json is damaged: ${problem}`, {
    reason: 'keys-damaged',
    hint: 'Put back keys.json from a backup of this state folder. Nothing was changed.',
    facts: { problem },
  });
}

function readBounded(path: string): string {
  try {
    if (statSync(path).size > MOST_FILE_BYTES) throw keysDamaged('it is far larger than any key file');
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') throw keysMissing();
    throw storageFault(thrown, dirname(path));
  }
}

/** The error of stored data without the keys.json that opens it. */
export function keysMissing(): AppError {
  return new AppError('unavailable', 'keys.json is missing although there is stored data', {
    reason: 'keys-missing',
    hint: 'Put back keys.json from a backup: without it nothing in this state folder can be read. Nothing was changed.',
  });
}

function plain(file: KeyFile) {
  const { generation, madeAt } = file;
  const { master, passphrase, recovery } = madeAt;
  return { ...plainFirst(file), version: FORMAT_VERSION, generation, madeAt: { master, passphrase, recovery } };
}

/** The form of version 1, without what came later. */
function plainFirst({ kdf, wrapped, canary }: Pick<KeyFile, 'kdf' | 'wrapped' | 'canary'>) {
  return {
    version: 1,
    kdf: { name: kdf.name, salt: base64(kdf.salt), memoryKiB: kdf.memoryKiB, passes: kdf.passes, lanes: kdf.lanes },
    wrapped: { passphrase: base64(wrapped.passphrase), recovery: base64(wrapped.recovery) },
    canary: base64(canary),
  };
}

function checksumOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}
