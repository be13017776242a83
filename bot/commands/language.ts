import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** `!language <en|de>`: how the product speaks with the caller from now on. */
export const language = defineCommand({
  name: 'language',
  typed: { en: 'language', de: 'sprache' },
  aliases: ['lang'],
  where: 'both',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [{ name: 'language', type: 'language', label: 'language' }],
  examples: ['de', 'en'],
  needs: ['people'],
  execute: ({ caller, people }, values) => {
    people.setLanguage(caller.person, values.language);
    return say(values.language, 'language.set');
  },
});
