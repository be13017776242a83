import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether the programs are on this machine. Tests that need them print what is missing and are skipped without. */
export function programsHere(tests: string, programs: readonly string[]): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  const missing = programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length > 0) console.info(`skipped: ${tests} (not on this machine: ${missing.join(', ')})`);
  return missing.length === 0;
}
