import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { Progress } from '../setup/progress.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Whether `kinkeeper setup` came to its end, where it made this household; nothing where it did not, or its notes cannot be read by this account. */
export function checkSetup(settingsFile: string | undefined): Finding[] {
  if (settingsFile === undefined) return [];
  const notes = join(dirname(resolve(settingsFile)), '..', 'setup.json');
  if (!existsSync(notes)) return [];
  try {
    const { done, helper, guests, cards } = new Progress(notes).now;
    if (done['first-message'] === undefined)
      return [warn('setup', 'set-up did not come to its end', 'kinkeeper setup: it goes on where it stopped.')];
    if (helper !== undefined || guests.length > 0 || Object.keys(cards).length > 0)
      return [warn('setup', 'accounts that set-up made for itself are still there', 'kinkeeper setup ends them.')];
    return [ok('setup', 'set-up came to its end, and was tried out with a message')];
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    // Only root may read them.
    const code = (thrown.cause as NodeJS.ErrnoException | undefined)?.code;
    return code === 'EACCES' ? [] : [fail('setup', thrown.message, thrown.hint ?? 'Run kinkeeper setup again.')];
  }
}
