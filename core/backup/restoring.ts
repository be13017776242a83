import { accessSync, constants, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../errors.ts';

/** How the scratch folders begin, below the state folder, in which a backup is opened to bring back one person's papers. */
export const RESTORE_LEFTOVER = 'restore.tmp-';

/** Removes those that a kill has left: they hold what may have been erased since. Only for who holds the bot's lock. */
export function clearRestoreLeftovers(stateDir: string): void {
  for (const name of readdirSync(stateDir))
    if (name.startsWith(RESTORE_LEFTOVER)) rmSync(join(stateDir, name), { recursive: true, force: true });
}

/**
 * Where a folder is put together before it gets its name: beside it, or inside of it where the folder is a place of its own (a
 * mounted volume, a folder whose parent belongs to somebody else). Used by restores; the same for every try.
 */
export function restoringOf(folder: string): string {
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there === undefined) return besideOf(folder);
  const parent = dirname(folder);
  const isMounted = there.dev !== statSync(parent).dev;
  return isMounted || !isWritable(parent) ? insideOf(folder) : besideOf(folder);
}

/** The note of how far the restore of a state folder has come, beside where it is put together. */
export function restoreNote(stateDir: string): string {
  return `${restoringOf(stateDir)}.json`;
}

/**
 * Throws AppError `unavailable` (reason `restore-unfinished`) while a restore of this state folder is not at its end. Asked by whoever
 * would make or open one. Looks at both places: who restores (root, outside of a container) may see another parent, or have other rights there.
 */
export function refuseRestoring(stateDir: string): void {
  const places = [besideOf(stateDir), insideOf(stateDir)];
  if (!places.some((place) => existsSync(`${place}.json`))) return;
  throw new AppError('unavailable', `the restore of the state folder ${stateDir} is not at its end`, {
    reason: 'restore-unfinished',
    hint: 'Run the same `kinkeeper restore` once more: it goes on where it was.',
    facts: { folder: stateDir },
  });
}

function besideOf(folder: string): string {
  return `${folder}.restoring`;
}

function insideOf(folder: string): string {
  return join(folder, '.restoring');
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
