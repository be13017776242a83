import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { SessionKey } from 'openpgp';
import { counting } from './archive/counting.ts';
import { backupDamaged, type Manifest } from './archive/manifest.ts';
import { readArchive } from './archive/read-archive.ts';

const CHUNK_BYTES = 262_144;

/** What a file is compared with. */
export interface Expected {
  readonly bytes: number;
  readonly sha256: string;
  readonly manifest: Manifest;
  readonly sessionKey: SessionKey;
  readonly signal: AbortSignal;
}

/**
 * Reads a sealed archive back from the disk, unseals and unpacks it, and compares every file in it with what was written. Throws
 * AppError `invalid` (reason `backup-damaged`).
 */
export async function verifyFile(
  path: string,
  { bytes, sha256, manifest, sessionKey, signal }: Expected,
): Promise<void> {
  const { stream, result } = counting();
  const feeding = pipeline(createReadStream(path, { highWaterMark: CHUNK_BYTES }), stream, { signal });
  feeding.catch(() => {});
  const found = await readArchive(stream, { keys: { sessionKey }, signal, onEntry: drain });
  await feeding;
  const read = result();
  if (read.bytes !== bytes || read.sha256 !== sha256) throw backupDamaged('the file is not as it was written');
  if (JSON.stringify(found.manifest) !== JSON.stringify(manifest)) throw backupDamaged('its list of contents changed');
}

async function drain({ content }: { readonly content: AsyncIterable<Uint8Array> }): Promise<void> {
  for await (const _chunk of content);
}
