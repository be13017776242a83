import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { setUpAgain } from '../fixes/commands.ts';
import { Progress } from '../setup/progress.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Telling } from './telling.ts';

/** Whether `kinkeeper setup` came to its end, where it made this household; nothing where it did not, or its notes cannot be read by this account. */
export function checkSetup(settingsFile: string | undefined, { say, host }: Telling): Finding[] {
  if (settingsFile === undefined) return [];
  const notes = join(dirname(resolve(settingsFile)), '..', 'setup.json');
  if (!existsSync(notes)) return [];
  try {
    const { done, helper, guests, cards } = new Progress(notes).now;
    if (done['first-message'] === undefined) return [warn('setup', say('setup.unended'), setUpAgain(host))];
    if (helper !== undefined || guests.length > 0 || Object.keys(cards).length > 0)
      return [warn('setup', say('setup.guests'), setUpAgain(host))];
    return [ok('setup', say('setup.well'))];
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    // Only root may read them.
    const code = (thrown.cause as NodeJS.ErrnoException | undefined)?.code;
    return code === 'EACCES' ? [] : [fail('setup', thrown.message, thrown.hint ?? setUpAgain(host))];
  }
}
