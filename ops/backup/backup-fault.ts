import { AppError } from '../../core/errors.ts';
import { diskFull } from '../../core/keys/storage-fault.ts';

const CLOSED = new Set(['ENOENT', 'ENOTDIR', 'EEXIST', 'EACCES', 'EPERM', 'EROFS']);

/** Names what an operator can mend about the folder of the backups: AppError `unavailable`, `disk-full` or `backup-dir`. Anything else comes back as it is. */
export function backupFault(thrown: unknown, folder: string): unknown {
  if (thrown instanceof AppError) return thrown;
  const code = (thrown as NodeJS.ErrnoException | null)?.code ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return noRoom(folder, thrown);
  if (!CLOSED.has(code)) return thrown;
  return new AppError('unavailable', `the folder for backups ${folder} cannot be used (${code})`, {
    reason: 'backup-dir',
    hint: 'It must be writable for the account that runs Kinkeeper (setting `backup.localDir`).',
    facts: { folder, problem: code },
    cause: thrown,
  });
}

/** The error of a disk without room for one more backup. */
export function noRoom(folder: string, cause?: unknown): AppError {
  return new AppError('unavailable', `there is no room for one more backup in ${folder}`, {
    reason: diskFull(cause).reason!,
    hint: 'Free some space there, keep fewer (backup.keep), or send backups elsewhere (backup.localDir). No earlier backup was touched.',
    facts: { folder },
    cause,
  });
}
