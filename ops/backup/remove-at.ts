import { besideName } from '../../core/backup/beside.ts';
import { archiveName } from '../../core/backup/generation.ts';
import { noteRemoval, removalAt } from '../../core/backup/removal-note.ts';
import type { Facts } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import type { Remote } from './remote.ts';

interface Removing {
  readonly facts: Pick<Facts, 'get' | 'set'>;
  readonly signal: AbortSignal;
}

/**
 * Removes a file at a remote, and notes what the answer says about removing there: receipts promise no day for a place that keeps what it
 * has. False where our key can only add. Throws what the remote throws.
 */
export async function removeAt(remote: Remote, file: string, { facts, signal }: Removing): Promise<boolean> {
  try {
    const removed = await remote.remove(file, signal);
    noteRemoval(facts, remote.name, removed && remote.keepsRemoved !== true);
    return removed;
  } catch (thrown) {
    if (isRefused(thrown)) noteRemoval(facts, remote.name, false);
    throw thrown;
  }
}

/**
 * Finds out whether a remote lets us remove before anything has to go, by a name that nothing has there. Does nothing where that is known.
 * Throws what the remote throws, but not that it refuses.
 */
export async function learnRemoval(remote: Remote, removing: Removing): Promise<void> {
  if (removalAt(removing.facts, remote.name) !== undefined) return;
  await removeAt(remote, archiveName(besideName('erased', 0)), removing).catch((thrown: unknown) => {
    if (!isRefused(thrown)) throw thrown;
  });
}

function isRefused(thrown: unknown): boolean {
  return thrown instanceof AppError && thrown.code === 'forbidden';
}
