import { AppError } from '../../core/errors.ts';
import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { language as languageCommand } from './language.ts';

/** `!whoami`: whom the bot takes the caller for. */
export const whoami = defineCommand({
  name: 'whoami',
  typed: { en: 'whoami', de: 'werbinich' },
  aliases: ['who'],
  where: 'both',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['people', 'vault'],
  execute: ({ caller, people, vault }) => {
    const person = people.find(caller.person);
    if (person === undefined) throw new AppError('not-found', 'the caller is not known any more');
    return say(caller.language, 'whoami', {
      person: person.id,
      role: person.role,
      documents: vault.read(caller, (reader) => reader.documents().length),
      addedAt: person.addedAt,
      change: code(`!${languageCommand.typed[caller.language]}`),
    });
  },
});
