import { createReadStream, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { step } from '../../../core/step.ts';
import { type ArchiveKeys, readArchive } from '../../../ops/backup/archive/read-archive.ts';
import { unpackEntry } from '../../../ops/backup/unpack.ts';
import { STATE_PREFIX } from '../../../ops/backup/write-generation.ts';

/**
 * Brings the state of an archive back into a folder that is not there yet: all of it, once the archive was read to its end, or
 * nothing. The one place that changes when another way of restoring is to be proven.
 */
export async function restoreInto(archive: string, stateDir: string, keys: ArchiveKeys): Promise<void> {
  const scratch = mkdtempSync(join(dirname(stateDir), 'restoring-'));
  const signal = new AbortController().signal;
  try {
    await readArchive(createReadStream(archive, { highWaterMark: 262_144 }), {
      ...{ keys, signal },
      onEntry: async (entry) => {
        if (entry.name.startsWith(`${STATE_PREFIX}/`)) await unpackEntry(entry, scratch, signal);
      },
    });
    step('restore-unpacked');
    renameSync(join(scratch, STATE_PREFIX), stateDir);
    step('restore-placed');
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
