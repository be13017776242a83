import { createHash, createHmac } from 'node:crypto';
import { configure, type FileEntry, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from '@zip.js/zip.js';
import { AppError } from '../errors.ts';
import type { ExportFile } from '../export/export-format.ts';
import { damagedExport } from '../export/manifest.ts';
import { sameBytes } from '../keys/same-bytes.ts';

// Other threads would be started with the program's own arguments, and one file after the other is fast enough.
configure({ useWebWorkers: false });

/** AES-256 as WinZip defines it (https://www.winzip.com/en/support/aes-encryption/): what 7-Zip and most tools open. */
const AES_256 = 3;
/** Stands behind everything else, as the ZIP's own comment: AES covers the files, this also names, order and dates. */
const SEAL = /^kinkeeper-export 1 seal:([0-9a-f]{64}) sha256:([0-9a-f]{64})$/;
const SHA256_AT = ' sha256:'.length + 64;
/** Parts are made of 32 MB at most, counted before they are packed; the first holds all records besides. */
const MOST_OPENED_BYTES = 128 * 1024 * 1024;
const SEAL_BYTES = 'kinkeeper-export 1 seal:'.length + 64 + SHA256_AT;

/** Packs files into a ZIP that opens with a password, in memory. `at` is the date that tools show, milliseconds since 1970. */
export async function writeSealedZip(
  files: Iterable<ExportFile>,
  { password, at }: { readonly password: string; readonly at: number },
): Promise<Buffer> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), {
    ...{ password, encryptionStrength: AES_256, level: 6, lastModDate: new Date(at) },
  });
  for (const { name, bytes } of files) await zip.add(name, new Uint8ArrayReader(bytes));
  const written = await zip.close(new Uint8Array(SEAL_BYTES));
  const sealed = Buffer.from(written.buffer, written.byteOffset, written.length);
  const content = sealed.subarray(0, sealed.length - SEAL_BYTES);
  sealed.write(`kinkeeper-export 1 seal:${sealOf(content, password)} sha256:`, content.length, 'latin1');
  sealed.write(digestOf(sealed.subarray(0, sealed.length - 64)), sealed.length - 64, 'latin1');
  return sealed;
}

/**
 * Opens such a ZIP, all or nothing: its files by name. `part` is what errors call it. Throws AppError `invalid`: reasons
 * `export-foreign` (none of ours), `export-damaged` (a bit is not as it was; names the file inside where it can be told),
 * `export-password`, `export-too-large`.
 */
export async function openSealedZip(
  bytes: Uint8Array,
  { part, password }: { readonly part: string; readonly password: string },
): Promise<Map<string, Uint8Array>> {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = SEAL.exec(whole.subarray(-SEAL_BYTES).toString('latin1'));
  if (!end) throw foreign(part);
  const [, seal = '', digest = ''] = end;
  if (digestOf(whole.subarray(0, -64)) !== digest) {
    throw damagedExport(part, await firstDamaged(whole, password), 'is not what was exported');
  }
  const own = sealOf(whole.subarray(0, -SEAL_BYTES), password);
  if (!sameBytes(Buffer.from(own), Buffer.from(seal))) throw wrongPassword(part);
  const files = new Map<string, Uint8Array>();
  const entries = await entriesOf(whole, password);
  const room = { left: MOST_OPENED_BYTES };
  if (entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0) > room.left) throw tooLarge(part);
  for (const entry of entries) {
    // What stands in the list may be less than what comes out.
    const content = await entry.getData(new LimitedWriter(room)).catch((thrown: unknown) => {
      throw room.left < 0 ? tooLarge(part) : thrown;
    });
    files.set(entry.filename, content);
  }
  return files;
}

/** Takes bytes until there is no more room. */
class LimitedWriter extends Uint8ArrayWriter {
  readonly #room: { left: number };

  constructor(room: { left: number }) {
    super();
    this.#room = room;
  }

  override async writeUint8Array(array: Uint8Array): Promise<void> {
    this.#room.left -= array.length;
    if (this.#room.left < 0) throw new Error('there is no room for more');
    await super.writeUint8Array(array);
  }
}

/** The name of the first file that does not open; '' when it is the frame around them. Nothing of it is handed on. */
async function firstDamaged(bytes: Buffer, password: string): Promise<string> {
  try {
    for (const entry of await entriesOf(bytes, password)) {
      const isWhole = await contentOf(entry).then(
        () => true,
        () => false,
      );
      if (!isWhole) return entry.filename;
    }
  } catch {
    // Not even the list of files can be read.
  }
  return '';
}

async function entriesOf(bytes: Buffer, password: string): Promise<FileEntry[]> {
  const zip = new ZipReader(new Uint8ArrayReader(bytes), { password, checkSignature: true });
  return (await zip.getEntries()).filter((entry): entry is FileEntry => !entry.directory);
}

function contentOf(entry: FileEntry): Promise<Uint8Array> {
  return entry.getData(new Uint8ArrayWriter());
}

function sealOf(content: Uint8Array, password: string): string {
  return createHmac('sha256', `kinkeeper/v1/export-seal ${password}`).update(content).digest('hex');
}

function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function foreign(part: string): AppError {
  return new AppError('invalid', `${part} is no export of Kinkeeper, or its end is missing or damaged`, {
    reason: 'export-foreign',
    hint: 'Give the parts as they were sent in the chat, kinkeeper-export-1-of-1.zip and so on.',
    facts: { part },
  });
}

function tooLarge(part: string): AppError {
  return new AppError('invalid', `${part} holds more than a part of an export may; nothing was read`, {
    reason: 'export-too-large',
    hint: 'Kinkeeper makes parts of 32 MB. Give the parts as they were sent in the chat.',
    facts: { part },
  });
}

function wrongPassword(part: string): AppError {
  return new AppError('invalid', `the password does not open ${part}`, {
    reason: 'export-password',
    hint: 'It is the one that was shown in the chat just before the first part of the same export.',
    facts: { part },
  });
}
