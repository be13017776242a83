import { AppError, type ErrorCode } from '../errors.ts';
import type { RefusalReason } from './extractor.ts';

/** Every reason why a file can be refused; each is `error.<reason>` in the wording catalogue. */
export type FileReason = RefusalReason | 'file-empty' | 'file-too-large' | 'file-timeout';

const REASONS: Readonly<Record<FileReason, readonly [ErrorCode, string]>> = {
  'file-empty': ['invalid', 'The file is empty.'],
  'file-too-large': ['too-large', 'The file is larger than the limit.'],
  'file-kind': ['unsupported', 'This kind of file cannot be read.'],
  'file-encrypted': ['unsupported', 'The file is protected by a password.'],
  'file-wrong-password': ['unsupported', 'The password does not open the file.'],
  'file-no-text': ['unsupported', 'The file holds no text (perhaps it is a scan).'],
  'file-damaged': ['invalid', 'The file is damaged.'],
  'file-too-hard': ['too-large', 'Reading the file took more memory than a file may take.'],
  'file-too-many-pages': ['too-large', 'The file has more pages than the limit.'],
  'file-too-much-text': ['too-large', 'The file holds more text than the limit.'],
  'file-timeout': ['too-large', 'Reading the file took longer than the limit.'],
};

/** The AppError for a refused file. `facts` fill the blanks of the wording: limit, kind, seconds. */
export function fileError(reason: FileReason, facts: Readonly<Record<string, string | number>> = {}): AppError {
  const [code, message] = REASONS[reason];
  return new AppError(code, message, { reason, facts });
}

const LOCKED: ReadonlySet<unknown> = new Set(['file-encrypted', 'file-wrong-password']);

/** True when a file needs a password, or another one than it was given. */
export function isLocked(error: unknown): boolean {
  return error instanceof AppError && LOCKED.has(error.reason);
}
