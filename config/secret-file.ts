import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from './secret.ts';

/** No secret of ours is longer; a larger file is the wrong file. */
const LARGEST_SECRET_BYTES = 16_384;

/** A secret, or why it cannot be used. The reason never holds content. */
export type SecretResult = { readonly secret: Secret } | { readonly problem: string };

/**
 * Reads a secret file. Mode and content come from the same open file, so that nothing can be swapped between. One line
 * break at the end belongs to the editor, not to the secret.
 */
export function readSecretFile(file: string, options: { checkMode: boolean }): SecretResult {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    return { problem: cannotOpen(file, (error as NodeJS.ErrnoException).code) };
  }
  try {
    const facts = fstatSync(handle);
    if (!facts.isFile()) return { problem: `expected a file, but ${file} is none` };
    if (options.checkMode && (facts.mode & 0o077) !== 0) {
      const mode = (facts.mode & 0o777).toString(8).padStart(3, '0');
      return { problem: `expected mode 600 or 400, but ${file} has ${mode}: others can read it (chmod 600)` };
    }
    if (facts.size > LARGEST_SECRET_BYTES) return { problem: `${file} is too large for a secret` };
    const content = readFileSync(handle, 'utf8').replace(/\r?\n$/, '');
    return content.trim() === '' ? { problem: `${file} is empty` } : { secret: new Secret(content) };
  } finally {
    closeSync(handle);
  }
}

/** A secret that systemd handed over; undefined when there is none. systemd itself keeps others away from the folder. */
export function readCredential(name: string, env: NodeJS.ProcessEnv): SecretResult | undefined {
  const folder = env.CREDENTIALS_DIRECTORY;
  if (!folder) return undefined;
  const file = join(folder, name);
  return existsSync(file) ? readSecretFile(file, { checkMode: false }) : undefined;
}

function cannotOpen(file: string, code: string | undefined): string {
  if (code === 'ENOENT') return `there is no file ${file}`;
  if (code === 'EACCES') return `${file} cannot be read by this user`;
  return `${file} cannot be opened (${code})`;
}
