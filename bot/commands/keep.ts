import { AppError } from '../../core/errors.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** `!keep <n>`: makes an earlier version current again, beside the one that had taken its place. */
export const keep = defineCommand({
  name: 'keep',
  typed: { en: 'keep', de: 'behalte' },
  aliases: ['behalten'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [{ name: 'number', type: 'number', label: 'document' }],
  examples: ['3'],
  needs: ['vault', 'wordsOf'],
  execute: ({ caller, vault, wordsOf }, { number }) => {
    const { language } = caller;
    const found = vault.write(caller, (writer) => ({
      current: writer.document(number),
      restored: writer.restoreDocument(number, wordsOf),
    }));
    if (found.restored) return say(language, 'keep.done', found.restored);
    if (found.current) return say(language, 'keep.current', found.current);
    throw new AppError('not-found', 'there is no such document', { reason: 'no-such-document', facts: { number } });
  },
});
