import { AppError } from '../../core/errors.ts';
import { forgetDocument } from '../forget-document.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** `!forget <n>`: removes one document of the caller for good. The audit row names its number, never its name. */
export const forget = defineCommand({
  name: 'forget',
  typed: { en: 'forget', de: 'vergiss' },
  aliases: ['delete', 'vergessen', 'löschen', 'lösche'],
  where: 'direct',
  role: 'member',
  destructive: true,
  audit: ({ number }, caller) => `${caller.tenant}/${number}`,
  arguments: [{ name: 'number', type: 'number', label: 'document' }],
  examples: ['forget 3'],
  needs: ['vault', 'wordsOf'],
  execute: ({ caller, vault, wordsOf }, { number }) => {
    const forgotten = vault.write(caller, (writer) => forgetDocument(writer, number, wordsOf));
    if (forgotten === undefined) {
      throw new AppError('not-found', 'there is no such document', { reason: 'no-such-document', facts: { number } });
    }
    return say(caller.language, 'forgotten', { ...forgotten.gone, back: forgotten.back?.number ?? 0 });
  },
});
