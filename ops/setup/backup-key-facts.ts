import { readFileSync, realpathSync } from 'node:fs';
import { AppError } from '../../core/errors.ts';
import { readRecipients } from '../backup/archive/recipients.ts';
import type { Answers } from './answers.ts';
import { othersFolder, trustedHere } from './others-folder.ts';

/** What keeps backups from being sealed with the keys that the answers name; `others`: they can be, and somebody else could change the file. */
export type BackupKeyFault = 'missing' | 'unreadable' | 'in-data' | 'private' | 'unusable' | 'others';

/**
 * Looks at the file of keys that the answers name, before anything is changed. undefined: it is well, or no file is named. `now` in milliseconds
 * since 1970.
 */
export async function backupKeyFault(
  { backupKey, data }: Pick<Answers, 'backupKey' | 'data'>,
  now: number,
): Promise<BackupKeyFault | undefined> {
  if (backupKey === 'make' || backupKey === 'none') return undefined;
  let text: string;
  try {
    text = readFileSync(backupKey, 'utf8');
  } catch (thrown) {
    return ['ENOENT', 'ENOTDIR'].includes((thrown as NodeJS.ErrnoException).code ?? '') ? 'missing' : 'unreadable';
  }
  // What lies with the data is lost with it, and is the bot's to change.
  if (realpathSync(backupKey).startsWith(`${realFolder(data)}/`)) return 'in-data';
  if (/-----BEGIN PGP PRIVATE KEY/.test(text)) return 'private';
  try {
    await readRecipients(backupKey, now);
  } catch (thrown) {
    if (thrown instanceof AppError) return 'unusable';
    throw thrown;
  }
  return (await othersFolder(backupKey, trustedHere())) === null ? undefined : 'others';
}

/** The folder of the data may not be there yet. */
function realFolder(data: string): string {
  try {
    return realpathSync(data);
  } catch {
    return data;
  }
}
