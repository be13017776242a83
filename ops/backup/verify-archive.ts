import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { generationOf, madeAtOf } from '../../core/backup/generation.ts';
import { AppError } from '../../core/errors.ts';
import { minute } from '../minute.ts';
import { counting } from './archive/counting.ts';
import type { ArchiveHead, LeftOut } from './archive/manifest.ts';
import { type ArchiveEntry, type ArchiveKeys, readArchive } from './archive/read-archive.ts';
import { DUMP_PREFIX } from './homeserver/homeserver-part.ts';
import { checkingDump } from './homeserver/pg-restore.ts';

const CHUNK_BYTES = 262_144;
const KEY_FILE = 'state/keys.json';
const MOST_KEY_BYTES = 65_536;

/** A sealed archive wherever it lies. `open` gives its bytes from the beginning, as often as asked. */
export interface ArchiveSource {
  /** Its name as people know it: a path, or remote and name. */
  readonly name: string;
  /** The generation that it says to be; undefined for a name that says nothing. */
  readonly generation?: string | undefined;
  /** The remote where it lies; undefined for a file of this machine. */
  readonly place?: string;
  /** How large it is: more is not read. undefined: not known. */
  readonly bytes: number | undefined;
  /** When its name says that it was made (milliseconds, whole seconds); undefined for a name that says nothing. */
  readonly saysMadeAt?: number | undefined;
  open(): Promise<Readable>;
}

/** What was found in an archive that is whole. */
export interface VerifiedArchive {
  readonly head: ArchiveHead;
  readonly files: number;
  readonly plainBytes: number;
  /** What it says that is not in it. */
  readonly leftOut: readonly LeftOut[];
  /** The text of the household's keys.json in it; '' when there is none of a size that one has. */
  readonly keyFile: string;
  /** Size and SHA-256 (hex) of the sealed file. */
  readonly bytes: number;
  readonly sha256: string;
}

interface Verifying {
  readonly keys: ArchiveKeys;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number | undefined) => void;
  /** Takes the content of a file for itself; what it does not read is read to its end all the same. */
  readonly onEntry?: (entry: ArchiveEntry, head: ArchiveHead) => Promise<void>;
}

/** An archive as a file of this machine. Throws AppError `not-found` (reason `backup-archive`) when it cannot be read. */
export function archiveFile(path: string): ArchiveSource {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    throw new AppError('not-found', `${path} is no file that can be read`, {
      reason: 'backup-archive',
      hint: 'Give the path of an archive, such as backups/kin-20261130T031500Z-1a2b3c.tar.zst.gpg.',
    });
  }
  const generation = generationOf(basename(path));
  const saysMadeAt = generation === undefined ? undefined : madeAtOf(generation);
  return {
    name: path,
    generation,
    bytes: found.size,
    saysMadeAt,
    open: async () => createReadStream(path, { highWaterMark: CHUNK_BYTES }),
  };
}

/**
 * Unseals an archive from its first byte to its last and compares every file in it with the list at its end; a dump of the
 * homeserver's database is read by `pg_restore`. Writes nothing. Throws AppError as `readArchive`, `backup-unproven` for the dump.
 */
export async function verifyArchive(source: ArchiveSource, verifying: Verifying): Promise<VerifiedArchive> {
  const { keys, signal, onProgress = () => {}, onEntry = async () => {} } = verifying;
  const dump = checkingDump(signal);
  let plainBytes = 0;
  let keyFile = '';
  try {
    const found = await readSealed(source, {
      ...{ keys, signal, onProgress },
      onEntry: async (entry, head) => {
        if (entry.name.startsWith(DUMP_PREFIX)) await dump.feed(entry.content);
        else if (entry.name === KEY_FILE && entry.bytes <= MOST_KEY_BYTES) keyFile = await textOf(entry);
        else await onEntry(entry, head);
        plainBytes += entry.bytes;
      },
    });
    await dump.end();
    const { files, leftOut } = found.manifest;
    return { head: found.head, files: files.length, leftOut, keyFile, plainBytes, ...found.sealed };
  } finally {
    dump.stop();
  }
}

/**
 * Reads a sealed archive with `readArchive`, and counts what is read of it. One that was made at another time than its name says is refused
 * at its first file: AppError `invalid` (reason `backup-renamed`).
 */
export async function readSealed(source: ArchiveSource, { keys, signal, onProgress, onEntry }: Required<Verifying>) {
  const { stream, result } = counting((done) => onProgress(done, source.bytes), source.bytes);
  const feeding = pipeline(await source.open(), stream, { signal });
  feeding.catch(() => {});
  const found = await readArchive(stream, {
    ...{ keys, signal },
    onEntry: async (entry, head) => {
      expectNameFits(source, head);
      await onEntry(entry, head);
    },
  });
  expectNameFits(source, found.head);
  await feeding;
  return { ...found, sealed: result() };
}

/** A name is anybody's to give; the head is sealed. Names tell whole seconds. */
function expectNameFits({ name, saysMadeAt }: ArchiveSource, { madeAt }: ArchiveHead): void {
  if (saysMadeAt === undefined || Math.floor(madeAt / 1000) * 1000 === saysMadeAt) return;
  throw new AppError('invalid', `${name} was made at another time than its name says: ${minute(madeAt)} UTC`, {
    reason: 'backup-renamed',
    hint: 'Somebody has given the name of another backup to it: do not count on that place. Take another backup, or the same one from another place. Nothing was changed.',
    facts: { madeAt },
  });
}

async function textOf({ content }: ArchiveEntry): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
