import type { Language, PersonId } from '../../core/caller.ts';
import type { Erasure } from '../../core/erase/erasure.ts';
import { AppError } from '../../core/errors.ts';
import type { People, Person } from '../../core/people.ts';
import { fullName, personId } from '../../core/person-id.ts';
import { code } from '../../core/wording/markdown.ts';
import type { AccountWish } from '../account-desk.ts';
import type { Departures } from '../erase/departures.ts';
import { say } from '../wording/say.ts';
import { asked, defineCommand, done } from './command-spec.ts';
import { peopleReset } from './people-reset.ts';
import type { ExecutorServices } from './services.ts';
import { setUpAnswer } from './set-up-answer.ts';

/** `!people add <person> [admin]`: lets a person in, or changes the role of a known one; makes their account where it is ours to make. */
export const peopleAdd = defineCommand({
  name: 'people add',
  typed: { en: 'people add', de: 'leute dazu' },
  aliases: ['people invite', 'leute hinzufügen'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: ({ person, role }, { server }) => `${fullName(person, server)}${role === undefined ? '' : ' admin'}`,
  arguments: [
    { name: 'person', type: 'name', label: 'person' },
    { name: 'role', type: 'word', label: 'admin', oneOf: ['admin'], optional: true },
  ],
  examples: ['@ben:example.org', '@ada:example.org admin', 'cleo'],
  needs: ['people', 'bot', 'server', 'refreshOpsRoom', 'departures', 'accounts'],
  execute: async ({ caller, source, ...services }, values) => {
    const { people, bot, server, departures, accounts } = services;
    const { language } = caller;
    const person = personId(fullName(values.person, server));
    const role = values.role === undefined ? 'member' : 'admin';
    if (person === bot) throw new AppError('conflict', 'the bot itself is no member', { reason: 'not-the-bot' });
    const before = people.find(person);
    if (before?.role === 'admin' && role === 'member') assertOtherAdmin(people, person);
    if (before === undefined && departures?.openOf(person)?.state === 'running') throw beingErased(person);
    const isSame = before?.role === role && accounts?.hasBegun(source) !== true;
    const account = await accounts?.ensure({ source, person });
    // Only now, as an account may fail: whoever is not let in is erased all the same.
    const wish = before === undefined ? takeBack(departures, person) : undefined;
    const lines: string[] = [];
    if (isSame) lines.push(say(language, 'people.same', { person }));
    else lines.push(...(await admit(services, { person, role, before, language, wish })));
    if (account?.kind === 'made') {
      const head = [...lines, say(language, 'account.made', { person })].join('\n');
      return done(
        setUpAnswer(head, account.card, { language: people.find(person)?.language ?? language, bot: bot ?? '' }),
      );
    }
    if (account !== undefined) {
      const isNews = before === undefined || isSame;
      const isAble = accounts?.isAble === true;
      lines.push(...accountLines(account.kind, { language, person, bot: bot ?? '', isNews, isAble }));
    }
    const answer = lines.join('\n');
    return isSame ? asked(answer) : done(answer);
  },
});

interface Admitted {
  readonly person: PersonId;
  readonly role: 'member' | 'admin';
  readonly before: Person | undefined;
  readonly language: Language;
  readonly wish: Erasure | undefined;
}

/** Lets a person in, or changes their role. Returns what there is to say. */
async function admit(
  { people, refreshOpsRoom }: Pick<ExecutorServices, 'people' | 'refreshOpsRoom'>,
  { person, role, before, language, wish }: Admitted,
): Promise<string[]> {
  // Once more: others may have changed roles while an account was made.
  if (before?.role === 'admin' && role === 'member') assertOtherAdmin(people, person);
  people.add({ id: person, role, language: before?.language ?? language });
  const lines = [say(language, before === undefined ? 'people.added' : 'people.changed', { person, role })];
  if (wish !== undefined) lines.push(say(language, 'people.wish-goes-on', { person, at: wish.dueAt }));
  const room = await refreshOpsRoom();
  if (!room) lines.push(say(language, 'people.room-failed'));
  else if (role === 'admin') lines.push(say(language, 'people.invited'));
  return lines;
}

interface AboutAccount {
  readonly language: Language;
  readonly person: PersonId;
  readonly bot: string;
  /** Their role alone was changed where it is not. */
  readonly isNews: boolean;
  /** The bot was given the right over accounts. */
  readonly isAble: boolean;
}

/** What there is to say about an account that was not made: why there is no card, who makes it, what its person does next. */
function accountLines(
  kind: Exclude<AccountWish['kind'], 'made'>,
  { language, person, bot: botId, isNews, isAble }: AboutAccount,
): string[] {
  const [local, bot] = [code(person.slice(1, person.indexOf(':'))), code(botId)];
  const reset = isAble ? code(`!${peopleReset.typed[language]} ${person}`) : undefined;
  switch (kind) {
    case 'elsewhere':
      return isNews ? [say(language, 'account.elsewhere', { person, bot })] : [];
    case 'unseen':
      return isNews ? [say(language, 'account.unseen', { person, local, bot })] : [];
    case 'there':
      return isNews ? [say(language, 'account.there', { person, bot, reset })] : [];
    case 'closed':
      return [say(language, 'account.is-closed', { person })];
    case 'missing':
      return [say(language, 'account.missing', { person, local, bot })];
    case 'no-right':
      return [say(language, 'account.no-right', { person })];
  }
}

/**
 * Coming back ends the wait for the erasure, unless it is the person's own wish, which only they take back: it comes out
 * then. Throws AppError `conflict` (reason `being-erased`) when it has begun. */
function takeBack(departures: Departures | undefined, person: string): Erasure | undefined {
  const open = departures?.openOf(person);
  if (open?.state === 'waiting' && open.cause === 'self') return open;
  if (open === undefined || departures?.cancel(person)) return undefined;
  throw beingErased(person);
}

function beingErased(person: string): AppError {
  return new AppError('conflict', 'this person is being erased', { reason: 'being-erased', facts: { person } });
}

/** Throws AppError `conflict` (reason `last-admin`) when this person is the only admin. */
export function assertOtherAdmin(people: People, person: string): void {
  if (people.list().some((other) => other.role === 'admin' && other.id !== person)) return;
  throw new AppError('conflict', 'the last admin cannot go', { reason: 'last-admin' });
}
