import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backupDamaged } from './archive/manifest.ts';
import type { ArchiveEntry } from './archive/read-archive.ts';

/**
 * Writes an entry of an archive below a folder, as a new file of mode 600. That its name leads nowhere else was seen when it was read
 * (entry-names.ts). Throws AppError `invalid` (`backup-damaged`) where there is something of that name.
 */
export async function unpackEntry({ name, content }: ArchiveEntry, folder: string, signal: AbortSignal): Promise<void> {
  const path = join(folder, name);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(path, content, { flag: 'wx', mode: 0o600, flush: true, signal });
  } catch (thrown) {
    // A file where another one, or its folder, is to be.
    const isTaken = ['EEXIST', 'ENOTDIR', 'EISDIR'].includes(String((thrown as NodeJS.ErrnoException).code));
    throw isTaken ? backupDamaged('two files in it have one name', thrown) : thrown;
  }
}
