import Database from 'better-sqlite3';
import { AppError } from '../../../core/errors.ts';

/** Opens a restored copy of the homeserver's SQLite file and checks its structure. Throws AppError `invalid` (reason `backup-unproven`). */
export function checkSqlite(path: string): void {
  let verdict: unknown;
  try {
    const db = new Database(path, { fileMustExist: true });
    try {
      verdict = db.pragma('quick_check', { simple: true });
    } finally {
      db.close();
    }
  } catch (cause) {
    throw unreadable(cause);
  }
  if (verdict !== 'ok') throw unreadable();
}

function unreadable(cause?: unknown): AppError {
  return new AppError('invalid', "the backup did not prove itself: the homeserver's database in it is damaged", {
    reason: 'backup-unproven',
    hint: "Check the homeserver's own database: the copy is as it was.",
    cause,
  });
}
