import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { holdLock } from '../../core/sqlite/process-lock.ts';

/** Root's alone; nobody else can keep a name there from being had. */
const OF_ROOT = '/run';

/**
 * Lets one run of set-up at a time work on a folder of data, until it is disposed or the process dies; undefined: another one is at work there. The
 * lock lies beside what set-up makes, which may not be there yet. Throws AppError `unavailable` where it cannot be had at all.
 */
export function oneRun(data: string): Disposable | undefined {
  const folder = process.getuid?.() === 0 ? OF_ROOT : tmpdir();
  const name = createHash('sha256').update(resolve(data)).digest('hex').slice(0, 16);
  try {
    return holdLock(join(folder, `kinkeeper-setup-${name}.lock`));
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.reason === 'already-running') return undefined;
    throw thrown;
  }
}
