import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import type { PrivateKey, SessionKey } from 'openpgp';
import { extract, type Header } from 'tar-stream';
import { AppError } from '../../../core/errors.ts';
import { EntryNames } from './entry-names.ts';
import { feed } from './feed.ts';
import { largePieces } from './large-pieces.ts';
import {
  type ArchiveHead,
  backupDamaged,
  HEAD_ENTRY,
  MANIFEST_ENTRY,
  type Manifest,
  readHead,
  readManifest,
} from './manifest.ts';
import { unsealStream } from './unseal-stream.ts';

/** What opens an archive: the key that this one alone has, or the private half of one that it was sealed to. */
export type ArchiveKeys = { readonly sessionKey: SessionKey } | { readonly privateKeys: readonly PrivateKey[] };

/** An entry while it is read: `content` is read to its end, or not at all. */
export interface ArchiveEntry {
  readonly name: string;
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

const CHUNK_BYTES = 262_144;
/** Most bytes of the two lists of contents. */
const MOST_LIST_BYTES = 64 * 1024 ** 2;

/**
 * Reads an archive from its first byte to its last and hands every file in it to `onEntry`, in order. Returns only when all
 * of it was proven: every entry as the manifest at the end has it, under a name that can be restored, the seal's own check sum, nothing missing, nothing more.
 * Until then nothing that `onEntry` saw may be believed: who writes it down writes it where it can be thrown away. Throws AppError
 * `invalid` (reasons `backup-damaged`, `backup-newer`), `forbidden` (`backup-key`: none of the keys opens it), and what `onEntry` throws.
 */
export async function readArchive(
  source: Readable,
  {
    keys,
    signal,
    onEntry,
  }: {
    keys: ArchiveKeys;
    signal: AbortSignal;
    onEntry: (entry: ArchiveEntry, head: ArchiveHead) => Promise<void>;
  },
): Promise<{ readonly head: ArchiveHead; readonly manifest: Manifest }> {
  const own: { thrown?: unknown } = {};
  const handOver = async (entry: ArchiveEntry, head: ArchiveHead) => {
    try {
      await onEntry(entry, head);
    } catch (thrown) {
      own.thrown = thrown;
      throw thrown;
    }
  };
  try {
    const unpacked = extract();
    const seal = { isWhole: false };
    const unzip = createZstdDecompress({ chunkSize: CHUNK_BYTES });
    void feed(unzip, largePieces(toItsEnd(unsealStream(source, keys), seal)));
    const unpacking = pipeline(unzip, unpacked, { signal });
    unpacking.catch(() => {});
    const found = await entriesOf(unpacked, handOver);
    await unpacking;
    // Unpacking ends with its own frame: where something stands behind that, the check sum was not read.
    if (!seal.isWhole) throw backupDamaged('something follows its end');
    return found;
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    throw own.thrown ?? damaged(thrown);
  } finally {
    source.destroy();
  }
}

async function* toItsEnd(plain: AsyncIterable<Uint8Array>, seal: { isWhole: boolean }): AsyncIterable<Uint8Array> {
  yield* plain;
  seal.isWhole = true;
}

async function entriesOf(
  entries: AsyncIterable<{ readonly header: Header }>,
  onEntry: (entry: ArchiveEntry, head: ArchiveHead) => Promise<void>,
): Promise<{ head: ArchiveHead; manifest: Manifest }> {
  const seen: Manifest['files'][number][] = [];
  const names = new EntryNames();
  let head: ArchiveHead | undefined;
  let manifest: Manifest | undefined;
  for await (const found of entries) {
    const { name, size, type } = found.header;
    // A stream of bytes, which its types do not say.
    const entry = found as unknown as AsyncIterable<Uint8Array>;
    if (manifest !== undefined) throw backupDamaged('something follows its end');
    if (type !== 'file') throw backupDamaged('it holds something that is no file');
    if (name === MANIFEST_ENTRY) {
      manifest = readManifest(await textOf(entry, size));
      continue;
    }
    const problem = names.add(name);
    if (problem !== undefined) throw backupDamaged(`a file in it ${problem}`);
    const digest = createHash('sha256');
    const read = hashing(entry, digest);
    if (head === undefined) {
      if (name !== HEAD_ENTRY) throw backupDamaged('it does not begin as ours do');
      head = readHead(await textOf(read, size));
    } else await onEntry({ name, bytes: size, content: read }, head);
    for await (const _unread of read);
    seen.push({ name, bytes: size, sha256: digest.digest('hex') });
  }
  if (head === undefined || manifest === undefined) throw backupDamaged('its end is missing');
  expectSame(seen, manifest);
  return { head, manifest };
}

function expectSame(seen: Manifest['files'], { files }: Manifest): void {
  if (seen.length !== files.length) throw backupDamaged('files are missing in it');
  for (const [index, file] of files.entries()) {
    const { name, bytes, sha256 } = seen[index]!;
    if (name !== file.name || bytes !== file.bytes || sha256 !== file.sha256)
      throw backupDamaged('a file in it is not as it was written');
  }
}

async function* hashing(entry: AsyncIterable<Uint8Array>, digest: ReturnType<typeof createHash>) {
  try {
    for await (const chunk of entry) {
      digest.update(chunk);
      yield chunk;
    }
  } catch (thrown) {
    // Here, so that it is told apart from what goes wrong with whoever takes the bytes.
    throw damaged(thrown);
  }
}

function damaged(thrown: unknown): AppError {
  return thrown instanceof AppError ? thrown : backupDamaged('it is not as it was written', thrown);
}

async function textOf(content: AsyncIterable<Uint8Array>, bytes: number): Promise<string> {
  if (bytes > MOST_LIST_BYTES) throw backupDamaged('its list of contents is larger than any of ours');
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
