import { AppError, type ErrorCode } from '../../../core/errors.ts';

/**
 * What a remote throws. The message names the remote as the settings do and never its host, account, path or keys; and there
 * is no cause, because errors of programs and sockets carry those.
 */
export function remoteFault(code: ErrorCode, remote: string, problem: string, hint?: string): AppError {
  return new AppError(code, `the remote ${remote} ${problem}`, hint === undefined ? {} : { hint });
}

/** The far side took everything and holds something else. */
export function damagedThere(remote: string): AppError {
  const hint =
    'What it kept was removed, and it is sent again at the next run. If this repeats, its disk may be broken.';
  return remoteFault('unavailable', remote, 'does not hold the bytes that were sent', hint);
}
