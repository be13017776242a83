import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import { holdLock } from './process-lock.ts';

const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 15_000;

/**
 * Runs `work` while nobody else changes keys.json or what hangs on it. Waits a while for who does. Throws AppError `conflict`
 * (reason `keys-in-change`) when that takes too long, and whatever `work` throws.
 */
export async function withKeyLock<T>(stateDir: string, work: () => T | Promise<T>): Promise<T> {
  using _lock = await patientLock(join(stateDir, 'keys.lock'));
  return await work();
}

async function patientLock(path: string): Promise<Disposable> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return holdLock(path);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.reason !== 'already-running') throw thrown;
      if (performance.now() > until) throw keysInChange(thrown);
    }
    await pause(LOOK_EVERY_MS);
  }
}

function keysInChange(cause: unknown): AppError {
  return new AppError('conflict', 'the keys of this state folder are being changed by another process', {
    reason: 'keys-in-change',
    hint: 'Wait until it has ended, then try again. Nothing was changed.',
    cause,
  });
}
