import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../errors.ts';

/** What is written beside a downloaded model: size and SHA-256 of each of its files. */
export type ModelManifest = z.infer<typeof schema>;

const schema = z.strictObject({
  files: z.record(z.string(), z.strictObject({ bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
const NAME = 'kinkeeper-manifest.json';

/** Writes the manifest of a model's folder; called once its files are whole. */
export function writeManifest(folder: string, manifest: ModelManifest): void {
  writeFileSync(join(folder, NAME), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Compares a model's files with the manifest that was written when it was downloaded. Called before a model is used.
 * False when there is no manifest: a folder that the admin has put there is taken as it is. Throws AppError `invalid`
 * (reason `model-changed`) when a file is gone, or is not what was downloaded.
 */
export async function verifyModel(folder: string): Promise<boolean> {
  const manifest = readManifest(folder);
  if (!manifest) return false;
  for (const [file, { bytes, sha256 }] of Object.entries(manifest.files)) {
    const path = join(folder, file);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.size !== bytes || (await sha256Of(path)) !== sha256) throw changed(file);
  }
  return true;
}

/** SHA-256 of a file, in hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function readManifest(folder: string): ModelManifest | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, NAME), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw changed(NAME);
  }
}

function changed(file: string): AppError {
  return new AppError('invalid', `The embedding model's file ${file} is not what was downloaded.`, {
    reason: 'model-changed',
    hint: 'Somebody or a failing disk has changed it. Remove the model’s folder and let it be downloaded again.',
    facts: { file },
  });
}
