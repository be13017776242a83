import type { Erasure } from '../../core/erase/erasure.ts';
import { AppError } from '../../core/errors.ts';
import type { People } from '../../core/people.ts';
import type { Departures } from '../erase/departures.ts';
import { say } from '../wording/say.ts';
import { asked, defineCommand, done } from './command-spec.ts';

/** `!people add <person> [admin]`: lets a person in, or changes the role of a known one. */
export const peopleAdd = defineCommand({
  name: 'people add',
  typed: { en: 'people add', de: 'leute dazu' },
  aliases: ['people invite', 'leute hinzufügen'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: ({ person, role }) => (role === undefined ? person : `${person} admin`),
  arguments: [
    { name: 'person', type: 'person', label: 'person' },
    { name: 'role', type: 'word', label: 'admin', oneOf: ['admin'], optional: true },
  ],
  examples: ['@ben:example.org', '@ada:example.org admin'],
  needs: ['people', 'bot', 'refreshOpsRoom', 'departures'],
  execute: async ({ caller, people, bot, refreshOpsRoom, departures }, values) => {
    const { language } = caller;
    const { person } = values;
    const role = values.role === undefined ? 'member' : 'admin';
    if (person === bot) throw new AppError('conflict', 'the bot itself is no member', { reason: 'not-the-bot' });
    const before = people.find(person);
    if (before?.role === role) return asked(say(language, 'people.same', { person }));
    if (before?.role === 'admin') assertOtherAdmin(people, person);
    const wish = before === undefined ? takeBack(departures, person) : undefined;
    people.add({ id: person, role, language: before?.language ?? language });
    const lines = [say(language, before === undefined ? 'people.added' : 'people.changed', { person, role })];
    if (wish !== undefined) lines.push(say(language, 'people.wish-goes-on', { person, at: wish.dueAt }));
    const room = await refreshOpsRoom();
    if (!room) lines.push(say(language, 'people.room-failed'));
    else if (role === 'admin') lines.push(say(language, 'people.invited'));
    return done(lines.join('\n'));
  },
});

/**
 * Coming back ends the wait for the erasure, unless it is the person's own wish, which only they take back: it comes out
 * then. Throws AppError `conflict` (reason `being-erased`) when it has begun. */
function takeBack(departures: Departures | undefined, person: string): Erasure | undefined {
  const open = departures?.openOf(person);
  if (open?.state === 'waiting' && open.cause === 'self') return open;
  if (open === undefined || departures?.cancel(person)) return undefined;
  throw new AppError('conflict', 'this person is being erased', { reason: 'being-erased', facts: { person } });
}

/** Throws AppError `conflict` (reason `last-admin`) when this person is the only admin. */
export function assertOtherAdmin(people: People, person: string): void {
  if (people.list().some((other) => other.role === 'admin' && other.id !== person)) return;
  throw new AppError('conflict', 'the last admin cannot go', { reason: 'last-admin' });
}
