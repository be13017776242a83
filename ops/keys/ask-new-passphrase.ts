import { AppError } from '../../core/errors.ts';
import type { Prompt } from './prompt.ts';

/** Asks twice for a new passphrase of the household. Throws AppError `invalid` (reason `passphrase-differs`). */
export async function askNewPassphrase(prompt: Prompt): Promise<string> {
  const passphrase = await prompt.secret('New passphrase');
  if ((await prompt.secret('New passphrase once more')) === passphrase) return passphrase;
  throw new AppError('invalid', 'the two new passphrases are not the same', {
    reason: 'passphrase-differs',
    hint: 'Try again. Nothing was changed.',
  });
}
