import { AppError } from '../../core/errors.ts';
import { say } from '../wording/say.ts';
import { defineCommand, done } from './command-spec.ts';
import { departuresOf } from './confirmed.ts';
import { assertOtherAdmin } from './people-add.ts';

/** `!people remove <person>`: freezes a person at once and erases them after a wait. Adding them again before undoes it. */
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
  needs: ['people', 'refreshOpsRoom', 'departures', 'clock'],
  execute: async ({ caller, people, refreshOpsRoom, departures, clock }, { person }) => {
    const known = people.find(person);
    if (known === undefined) {
      throw new AppError('not-found', 'this person is not known', { reason: 'no-such-person', facts: { person } });
    }
    if (known.role === 'admin') assertOtherAdmin(people, person);
    const erasure = await departuresOf(departures).remove(known);
    const now = clock();
    const lines = [say(caller.language, 'people.removed', { person, at: erasure.dueAt, now })];
    if (!(await refreshOpsRoom())) lines.push(say(caller.language, 'people.room-failed'));
    return done(lines.join('\n'));
  },
});
