import { AppError, type ErrorCode } from '../../../core/errors.ts';

/**
 * What a remote throws. The message names the remote as the settings do and never its host, account, path or keys; and there
 * is no cause, because errors of programs and sockets carry those.
 */
export function remoteFault(code: ErrorCode, remote: string, problem: string, hint?: string): AppError {
  return new AppError(code, `the remote ${remote} ${problem}`, hint === undefined ? {} : { hint });
}

/** The archive on this machine is not the one that was made. */
export function changedHere(remote: string): AppError {
  const hint = 'The disk of this machine may be broken. Newer and older backups are not concerned.';
  return remoteFault('unavailable', remote, 'was sent nothing: the backup on this machine is not as it was made', hint);
}

/** The far side took everything and holds something else. */
export function damagedThere(remote: string): AppError {
  const hint =
    'What it kept was removed, and it is sent again at the next run. If this repeats, its disk may be broken.';
  return remoteFault('unavailable', remote, 'does not hold the bytes that were sent', hint);
}
