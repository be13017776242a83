import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where a program lies on this machine; also what `go install` made. Undefined when it is not there. */
export function programPath(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', join(homedir(), 'go/bin')];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Whether the programs are on this machine. Tests that need them print what is missing and are skipped without. */
export function programsHere(tests: string, programs: readonly string[]): boolean {
  const missing = programs.filter((program) => programPath(program) === undefined);
  if (missing.length > 0) console.info(`skipped: ${tests} (not on this machine: ${missing.join(', ')})`);
  return missing.length === 0;
}
