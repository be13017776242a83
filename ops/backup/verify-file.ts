import type { SessionKey } from 'openpgp';
import { backupDamaged, type Manifest } from './archive/manifest.ts';
import { archiveFile, readSealed } from './verify-archive.ts';

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
  const { manifest: found, sealed } = await readSealed(archiveFile(path), {
    ...{ keys: { sessionKey }, signal, onProgress: () => {} },
    // All of it is read to its end, and compared with the list in the archive.
    onEntry: async () => {},
  });
  if (sealed.bytes !== bytes || sealed.sha256 !== sha256) throw backupDamaged('the file is not as it was written');
  if (JSON.stringify(found) !== JSON.stringify(manifest)) throw backupDamaged('its list of contents changed');
}
