import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import { EXPORT_FORMAT, EXPORT_VERSION, type ExportFile, MANIFEST, type Manifest } from './export-format.ts';
import { manifestShape } from './export-shapes.ts';

/** The manifest of a part's files. */
export function makeManifest(
  files: readonly ExportFile[],
  about: Pick<Manifest, 'export' | 'person' | 'madeAt' | 'product' | 'part' | 'parts'>,
): Manifest {
  const listed = files.map(({ name, bytes }) => ({ name, bytes: bytes.length, sha256: sha256(bytes) }));
  return { format: EXPORT_FORMAT, version: EXPORT_VERSION, ...about, files: listed };
}

/**
 * The manifest of an opened part, with every file compared with it. Throws AppError `invalid` (reason `export-damaged`)
 * that names the part and the file, or `unsupported` (`export-newer`).
 */
export function checkManifest(part: string, files: ReadonlyMap<string, Uint8Array>): Manifest {
  const manifest = readManifest(part, files.get(MANIFEST));
  const listed = new Set([MANIFEST, ...manifest.files.map(({ name }) => name)]);
  for (const { name, bytes, sha256: digest } of manifest.files) {
    const file = files.get(name);
    if (!file) throw damagedExport(part, name, 'is missing');
    if (file.length !== bytes || sha256(file) !== digest) throw damagedExport(part, name, 'is not what was exported');
  }
  for (const name of files.keys()) if (!listed.has(name)) throw damagedExport(part, name, 'was added afterwards');
  return manifest;
}

/** The error for a part that is not as it was made; `file` is the one inside of it, '' where that cannot be told. */
export function damagedExport(part: string, file: string, how: string): AppError {
  return new AppError('invalid', `${part}: ${file === '' ? 'it' : file} ${how}; nothing was read from it`, {
    reason: 'export-damaged',
    hint: 'Fetch this part again from the chat that it was sent in; if that does not help, ask for a new export.',
    facts: { part, file },
  });
}

function readManifest(part: string, bytes: Uint8Array | undefined): Manifest {
  if (!bytes) throw damagedExport(part, MANIFEST, 'is missing');
  let manifest: Manifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
  } catch {
    throw damagedExport(part, MANIFEST, 'is no JSON');
  }
  if (manifest?.format !== EXPORT_FORMAT || !Array.isArray(manifest.files)) {
    throw damagedExport(part, MANIFEST, 'is not that of an export of Kinkeeper');
  }
  if (manifest.version > EXPORT_VERSION) {
    throw new AppError('unsupported', `${part} was made by a newer Kinkeeper (format ${manifest.version})`, {
      reason: 'export-newer',
      hint: `This one reads formats up to ${EXPORT_VERSION}: update it first.`,
    });
  }
  if (!manifestShape.safeParse(manifest).success) {
    throw damagedExport(part, MANIFEST, 'does not have the shape of an export');
  }
  return manifest;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
