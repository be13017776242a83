import type { Clock } from '../../../core/clock.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import type { ArchiveKeys } from '../../../ops/backup/archive/read-archive.ts';
import { archiveFile, verifyArchive } from '../../../ops/backup/verify-archive.ts';
import { copiesBeside } from '../../../ops/restore/erased-copies.ts';
import { householdProof } from '../../../ops/restore/prove-household.ts';
import { restoreHousehold } from '../../../ops/restore/restore.ts';

/**
 * Brings the state of an archive back as `kinkeeper restore` does: reads all of it first, then restores it into a folder that is not there
 * yet, opens it with the household's passphrase, and goes on where a killed try ended. Throws what these throw.
 */
export async function restoreInto(
  archive: string,
  stateDir: string,
  { keys, passphrase, clock }: { readonly keys: ArchiveKeys; readonly passphrase: string; readonly clock: Clock },
): Promise<void> {
  const source = archiveFile(archive);
  const signal = new AbortController().signal;
  const verified = await verifyArchive(source, { keys, signal });
  await restoreHousehold({
    ...{ source, keys, verified, clock, signal, onProgress: () => {} },
    household: householdProof({
      ...{ keyFile: verified.keyFile, clock, say: () => {} },
      prompt: { secret: async () => passphrase, line: async () => '', close: () => {} },
    }),
    copies: copiesBeside(archive),
    vectors: loadTokenVectors,
    places: { stateDir, homeserver: { kind: 'none' }, settings: [] },
  });
}
