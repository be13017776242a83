import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { type FrozenFile, inMemory } from '../../../core/backup/frozen-state.ts';
import { EntryNames, nameNotTaken } from './entry-names.ts';
import { type ArchiveHead, HEAD_ENTRY, type LeftOut, MANIFEST_ENTRY, type Manifest } from './manifest.ts';
import { type ArchiveSeal, sealStream } from './seal-stream.ts';

/** What goes into an archive. `files` may come late: one is read after the other. */
export interface ArchiveContent {
  readonly head: ArchiveHead;
  readonly files: AsyncIterable<FrozenFile> | Iterable<FrozenFile>;
  /** What is not in it; asked when all files were read. */
  readonly leftOut?: readonly LeftOut[];
}

/** What was written. Sizes in bytes, `sha256` of the sealed file in hex. */
export interface WrittenArchive {
  readonly bytes: number;
  readonly sha256: string;
  readonly plainBytes: number;
  readonly manifest: Manifest;
}

/** How it is written. What either function throws ends the writing. */
export interface ArchiveWriting {
  readonly seal: ArchiveSeal;
  readonly signal: AbortSignal;
  /** Plain bytes of the files that are in it; called after each of them. */
  readonly onBytes?: (bytes: number) => void;
  /** Called after every 16 MiB of the sealed file. */
  readonly onSealed?: (() => void) | undefined;
}

const TOLD_BYTES = 16 * 1024 ** 2;

/** Large pieces: the cost is in the number of them. */
const CHUNK_BYTES = 262_144;

/**
 * Writes tar -> zstd -> OpenPGP (RFC 9580 packets of version 4 and SEIPD 1, which every gpg since 2.0 reads) as one stream
 * into a new file, mode 600. Nothing plain touches the disk and no part of it is held in memory. Throws what reading and
 * writing throw, and AppError `invalid` (reason `backup-name`) for a file that could not be restored; the caller removes the unfinished file.
 */
export async function writeArchive(
  path: string,
  content: ArchiveContent,
  { seal, signal, onBytes, onSealed }: ArchiveWriting,
): Promise<WrittenArchive> {
  const tar = pack();
  const listed = { plainBytes: 0, files: [] as Manifest['files'][number][] };
  const { leftOut = [] } = content;
  const filling = fill(tar, content, listed, onBytes).catch((thrown) => tar.destroy(thrown as Error));
  // A level above 1 gains next to nothing: most of it is sealed stores, which look like chance.
  const squeeze = createZstdCompress({
    chunkSize: CHUNK_BYTES,
    params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const squeezing = pipeline(tar, squeeze, { signal });
  squeezing.catch(() => {});
  const counted = await writeNew(path, sealStream(squeeze, seal), { signal, onSealed });
  await squeezing;
  await filling;
  return {
    ...counted,
    plainBytes: listed.plainBytes,
    manifest: { format: 1, files: listed.files, leftOut: [...leftOut] },
  };
}

/** Writes a new file of mode 600, down to the disk. */
async function writeNew(
  path: string,
  content: AsyncIterable<Uint8Array>,
  { signal, onSealed = () => {} }: Pick<ArchiveWriting, 'signal' | 'onSealed'>,
) {
  const digest = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of content) {
      signal.throwIfAborted();
      digest.update(chunk);
      for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
      if (Math.floor((bytes + chunk.length) / TOLD_BYTES) > Math.floor(bytes / TOLD_BYTES)) onSealed();
      bytes += chunk.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: digest.digest('hex') };
}

async function fill(
  tar: Pack,
  { head, files, leftOut = [] }: ArchiveContent,
  counted: { plainBytes: number; files: Manifest['files'][number][] },
  onBytes: (bytes: number) => void = () => {},
): Promise<void> {
  const names = new EntryNames();
  const add = async (file: FrozenFile) => {
    const problem = names.add(file.name);
    if (problem !== undefined) throw nameNotTaken(file.name, problem);
    const sha256 = await addEntry(tar, file);
    counted.plainBytes += file.bytes;
    counted.files.push({ name: file.name, bytes: file.bytes, sha256 });
    onBytes(counted.plainBytes);
  };
  await add(textFile(HEAD_ENTRY, head));
  for await (const file of files) await add(file);
  await addEntry(tar, textFile(MANIFEST_ENTRY, { format: 1, files: counted.files, leftOut }));
  tar.finalize();
}

async function addEntry(tar: Pack, file: FrozenFile): Promise<string> {
  const digest = createHash('sha256');
  let entry: ReturnType<Pack['entry']> | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    entry = tar.entry({ name: file.name, size: file.bytes, mode: 0o600 }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
  ended.catch(() => {});
  // It fails, too, when the writing ends half way; what is told of is why that ended.
  entry!.on('error', () => {});
  for await (const chunk of file.read()) {
    for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
      const part = chunk.subarray(at, at + CHUNK_BYTES);
      digest.update(part);
      if (!entry!.write(part)) await drained(entry!, tar);
    }
  }
  entry!.end(undefined);
  await ended;
  return digest.digest('hex');
}

/** Also ends when nobody reads the archive any more. */
function drained(entry: ReturnType<Pack['entry']>, tar: Pack): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      tar.off('close', closed);
      entry.off('drain', done);
      resolve();
    };
    const closed = () => reject(new Error('the archive was given up'));
    entry.on('drain', done);
    tar.on('close', closed);
  });
}

function textFile(name: string, value: object): FrozenFile {
  return inMemory(name, Buffer.from(`${JSON.stringify(value)}\n`));
}
