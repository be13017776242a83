import { AppError } from '../../core/errors.ts';
import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand, done } from './command-spec.ts';
import { departuresOf } from './confirmed.ts';
import { assertOtherAdmin } from './people-add.ts';
import { peopleClose } from './people-close.ts';

/**
 * `!people remove <person> [export]`: freezes a person at once and erases them after a wait. Adding them again before undoes
 * it. With `export`, which also works once they are frozen, they get their export in their chat, and may ask for it until then.
 */
export const peopleRemove = defineCommand({
  name: 'people remove',
  typed: { en: 'people remove', de: 'leute weg' },
  aliases: ['people delete', 'leute entfernen'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: ({ person }) => person,
  arguments: [
    { name: 'person', type: 'person', label: 'person' },
    { name: 'along', type: 'word', label: 'take-along', oneOf: ['export'], optional: true },
  ],
  examples: ['@ben:example.org', '@ben:example.org export'],
  needs: ['people', 'refreshOpsRoom', 'departures', 'clock', 'accounts', 'server'],
  execute: async ({ caller, people, refreshOpsRoom, departures, clock, accounts, server }, { person, along }) => {
    const [known, mayExport] = [people.find(person), along !== undefined];
    const leaving = departuresOf(departures);
    const open = known === undefined ? leaving.openOf(person) : undefined;
    if (known === undefined && !(mayExport && open !== undefined && leaving.letTakeAlong(open))) {
      throw new AppError('not-found', 'this person is not known', { reason: 'no-such-person', facts: { person } });
    }
    if (known?.role === 'admin') assertOtherAdmin(people, person);
    const { dueAt: at } = known === undefined ? open! : await leaving.remove(known, { mayExport });
    const lines = [say(caller.language, 'people.removed', { person, at, now: clock(), mayExport })];
    if (accounts?.isOurs(person)) {
      const close = accounts.isAble ? code(`!${peopleClose.typed[caller.language]} ${person}`) : undefined;
      lines.push(say(caller.language, 'account.stays', { server, close }));
    }
    if (!(await refreshOpsRoom())) lines.push(say(caller.language, 'people.room-failed'));
    return done(lines.join('\n'));
  },
});
