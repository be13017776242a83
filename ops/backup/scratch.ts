import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = 'drill-';
const SCRATCH = /^drill-[A-Za-z0-9]{6}$/;

/** Whether a file of that name is the scratch place of a drill. Asked by whoever measures or tidies a folder in which one may lie. */
export function isScratch(name: string): boolean {
  return SCRATCH.test(name);
}

/** Makes a scratch place for a drill in a folder, closed to other accounts, and returns its path. */
export function makeScratch(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return mkdtempSync(join(folder, PREFIX));
}

/** Removes what a killed drill left in a folder: part of it may lie open. Called before every drill and at the start of ops. */
export function removeScratch(folder: string): void {
  for (const name of namesIn(folder)) if (isScratch(name)) rmSync(join(folder, name), { recursive: true, force: true });
}

/** None where the folder was not made yet. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
}
