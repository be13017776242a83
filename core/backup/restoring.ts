import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../errors.ts';

/**
 * Where a folder is put together before it gets its name: beside it, or inside of it where the folder is a place of its own (a
 * mounted volume, a folder whose parent belongs to somebody else). Used by restores; the same for every try.
 */
export function restoringOf(folder: string): string {
  const there = statSync(folder, { throwIfNoEntry: false });
  const beside = `${folder}.restoring`;
  if (there === undefined) return beside;
  const parent = dirname(folder);
  const isMounted = there.dev !== statSync(parent).dev;
  return isMounted || !isWritable(parent) ? join(folder, '.restoring') : beside;
}

/** The note of how far the restore of a state folder has come, beside where it is put together. */
export function restoreNote(stateDir: string): string {
  return `${restoringOf(stateDir)}.json`;
}

/** Throws AppError `unavailable` (reason `restore-unfinished`) while a restore of this state folder is not at its end. Asked by whoever would make or open one. */
export function refuseRestoring(stateDir: string): void {
  if (!existsSync(restoreNote(stateDir))) return;
  throw new AppError('unavailable', `the restore of the state folder ${stateDir} is not at its end`, {
    reason: 'restore-unfinished',
    hint: 'Run the same `kinkeeper restore` once more: it goes on where it was.',
    facts: { folder: stateDir },
  });
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
