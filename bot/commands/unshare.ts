import { AppError } from '../../core/errors.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { lentName } from './shares.ts';

/** `!unshare <n>`: takes a document back from everybody whom it was lent to. */
export const unshare = defineCommand({
  name: 'unshare',
  typed: { en: 'unshare', de: 'zurücknehmen' },
  aliases: ['unlend', 'nimm zurück'],
  where: 'direct',
  role: 'member',
  destructive: true,
  audit: ({ number }, caller) => `${caller.tenant}/${number}`,
  arguments: [{ name: 'number', type: 'number', label: 'document' }],
  examples: ['3'],
  needs: ['vault', 'shares'],
  execute: ({ caller, vault, shares }, { number }) => {
    const lent = shares.of(caller).filter(({ side, document }) => side === 'owner' && document === number);
    const [first] = lent;
    if (first === undefined) {
      if (vault.read(caller, (reader) => reader.document(number))) {
        return say(caller.language, 'share.not-lent', { number });
      }
      throw new AppError('not-found', 'there is no such document', { reason: 'no-such-document', facts: { number } });
    }
    const name = lentName(vault, first.shelf)(caller.language);
    for (const share of lent) shares.end(caller, share.number);
    return say(caller.language, 'share.ended', { name, readers: lent.map(({ reader }) => reader) });
  },
});
