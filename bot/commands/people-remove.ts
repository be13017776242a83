import { AppError } from '../../core/errors.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { assertOtherAdmin } from './people-add.ts';

/** `!people remove <person>`: freezes a person. Nothing is erased, so adding them again undoes it. */
export const peopleRemove = defineCommand({
  name: 'people remove',
  typed: { en: 'people remove', de: 'leute weg' },
  aliases: ['people delete', 'leute entfernen'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: ({ person }) => person,
  arguments: [{ name: 'person', type: 'person', label: 'person' }],
  examples: ['@ben:example.org'],
  needs: ['people', 'refreshOpsRoom'],
  execute: async ({ caller, people, refreshOpsRoom }, { person }) => {
    const known = people.find(person);
    if (known === undefined) {
      throw new AppError('not-found', 'this person is not known', { reason: 'no-such-person', facts: { person } });
    }
    if (known.role === 'admin') assertOtherAdmin(people, person);
    people.remove(person);
    const lines = [say(caller.language, 'people.removed', { person })];
    if (!(await refreshOpsRoom())) lines.push(say(caller.language, 'people.room-failed'));
    return lines.join('\n');
  },
});
