import { AppError } from '../errors.ts';

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const CLOSED = new Set(['ENOENT', 'ENOTDIR', 'EEXIST', 'EACCES', 'EPERM', 'EROFS']);

/** The error of a full disk, whoever met it. */
export function diskFull(cause: unknown): AppError {
  return new AppError('unavailable', 'the disk is full', {
    reason: 'disk-full',
    hint: 'Free some space on the disk that holds the state folder. Nothing was half written.',
    cause,
  });
}

/**
 * Names the faults that an operator can mend in what the file system threw: AppError `unavailable` with reason
 * `disk-full` or `state-dir`. Anything else comes back as it is.
 */
export function storageFault(thrown: unknown, folder: string): unknown {
  const code = (thrown as NodeJS.ErrnoException | null)?.code ?? '';
  if (FULL.has(code)) return diskFull(thrown);
  if (!CLOSED.has(code)) return thrown;
  return new AppError('unavailable', `the state folder ${folder} cannot be used (${code})`, {
    reason: 'state-dir',
    hint: 'It must exist, belong to the account that runs Kinkeeper, and be writable for it (setting `stateDir`).',
    facts: { folder, problem: code },
    cause: thrown,
  });
}
