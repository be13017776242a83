import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { ExportPart } from '../../core/export/read-export.ts';
import { openSealedZip } from '../../core/zipjs/sealed-zip.ts';

/** Parts are made of 32 MB at most; far above that it is another file. */
const MOST_BYTES = 256 * 1024 * 1024;

/** The parts of an export as files on disk. Opening one throws what `openSealedZip` does, or AppError `invalid` (reason `export-unreadable`). */
export function exportParts(paths: readonly string[], password: string): ExportPart[] {
  return paths.map((path) => ({
    name: basename(path),
    open: async () => openSealedZip(await bytesOf(path), { part: basename(path), password }),
  }));
}

/** To be called before anything else is asked for. Throws AppError `invalid` (reason `export-unreadable`) for the first file that cannot be a part. */
export async function assertParts(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const found = await stat(path).catch((cause: unknown) => {
      throw unreadable(`${path} cannot be read`, cause);
    });
    if (!found.isFile()) throw unreadable(`${path} is no file`);
    if (found.size > MOST_BYTES) throw unreadable(`${path} is too large to be a part of an export`);
  }
}

async function bytesOf(path: string): Promise<Uint8Array> {
  await assertParts([path]);
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadable(`${path} cannot be read`, cause);
  }
}

function unreadable(message: string, cause?: unknown): AppError {
  return new AppError('invalid', `${message}; nothing was read`, {
    reason: 'export-unreadable',
    hint: 'Look at the path and at who may read it.',
    cause,
  });
}
