import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** `!people`: who may talk to the bot. */
export const people = defineCommand({
  name: 'people',
  typed: { en: 'people', de: 'leute' },
  aliases: ['members', 'personen'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['people'],
  execute: ({ caller, people: directory }) => {
    const everyone = directory.list();
    return [
      say(caller.language, 'people.head', { people: everyone.length }),
      '',
      ...everyone.map((person) =>
        say(caller.language, 'people.line', { ...person, person: person.id, greeted: person.greetedAt !== null }),
      ),
    ].join('\n');
  },
});
