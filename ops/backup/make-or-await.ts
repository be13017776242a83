import { setTimeout as pause } from 'node:timers/promises';
import type { Generations } from '../../core/backup/generation.ts';
import { AppError } from '../../core/errors.ts';

const POLL_MS = 5000;
const PATIENCE_MS = 3_600_000;

interface Awaiting {
  readonly backups: Pick<Generations, 'all'>;
  readonly signal: AbortSignal;
  /** How often it is looked, in milliseconds; a switch for tests. */
  readonly pollMs?: number;
}

/**
 * The name of a fresh backup: `make` makes one, and where another is being made already that one is waited for, up to an hour.
 * Called before an update. Throws what `make` throws, its `backup-running` only after that hour.
 */
export async function makeOrAwait(
  make: () => Promise<string>,
  { backups, signal, pollMs = POLL_MS }: Awaiting,
): Promise<string> {
  const known = new Set(backups.all().map(({ name }) => name));
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await make();
    } catch (thrown) {
      const isRunning = thrown instanceof AppError && thrown.reason === 'backup-running';
      if (!isRunning || performance.now() > until) throw thrown;
    }
    await pause(pollMs, undefined, { signal });
    // What was only found somewhere meanwhile may be of any age.
    const made = backups.all().find(({ name, plainBytes }) => !known.has(name) && plainBytes > 0);
    if (made !== undefined) return made.name;
  }
}
