import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../errors.ts';
import { syncFolder, writeDurably } from './durable-write.ts';

const FILE = 'lockdown';

/**
 * Whether an admin has locked the household down. A file beside keys.json, because it has to be known before any key is:
 * every start is sealed then, although a passphrase file is there. It keeps out whoever can restart the service, not whoever
 * can write to the state folder.
 */
export function isLockedDown(stateDir: string): boolean {
  return existsSync(join(stateDir, FILE));
}

/** When it began, milliseconds since 1970; 0 when its file does not say so; undefined when there is none. */
export function lockdownAt(stateDir: string): number | undefined {
  if (!isLockedDown(stateDir)) return undefined;
  try {
    return Date.parse(readFileSync(join(stateDir, FILE), 'utf8').trim()) || 0;
  } catch {
    return 0;
  }
}

/** Makes the lockdown last beyond a restart. Throws AppError `unavailable` (`disk-full`, `state-dir`). For LockdownLatch. */
export function beginLockdown(stateDir: string, at: number): void {
  const path = join(stateDir, FILE);
  try {
    writeDurably(path, `${new Date(at).toISOString()}\n`, { exclusive: true });
  } catch (thrown) {
    if (!placeEmpty(path)) throw thrown;
  }
}

/** On a full disk there is often room for a name still; that the file is there is what counts. */
function placeEmpty(path: string): boolean {
  try {
    closeSync(openSync(path, 'a', 0o600));
    syncFolder(dirname(path));
    return true;
  } catch {
    return false;
  }
}

/** Ends it, after somebody gave the passphrase at the shell. Nothing happens when there is none. */
export function liftLockdown(stateDir: string): void {
  if (!isLockedDown(stateDir)) return;
  rmSync(join(stateDir, FILE), { force: true });
  syncFolder(stateDir);
}

/** Throws AppError `forbidden` (reason `locked-down`): for programs that open with a passphrase file and cannot wait. */
export function refuseLockedDown(stateDir: string): void {
  if (!isLockedDown(stateDir)) return;
  throw new AppError('forbidden', 'an admin has locked the household down', {
    reason: 'locked-down',
    hint: 'Start bot and ops, then run `kinkeeper unlock`.',
  });
}
