import { AppError } from '../../core/errors.ts';
import { fullName, personId } from '../../core/person-id.ts';
import { say } from '../wording/say.ts';
import { asked, defineCommand, done, refused } from './command-spec.ts';
import { accountsOf, CONFIRMATION, confirmLine, departuresOf, isConfirmed } from './confirmed.ts';

/** `!people close <person>`: closes the account of somebody who was removed, for good, once it is confirmed. */
export const peopleClose = defineCommand({
  name: 'people close',
  typed: { en: 'people close', de: 'leute schließen' },
  aliases: ['leute deaktivieren', 'people deactivate'],
  where: 'ops',
  role: 'admin',
  destructive: true,
  audit: ({ person }, { server }) => fullName(person, server),
  arguments: [{ name: 'person', type: 'name', label: 'person' }, ...CONFIRMATION],
  examples: ['@ben:example.org', { en: '@ben:example.org yes K7QM3F', de: '@ben:example.org ja K7QM3F' }],
  needs: ['departures', 'people', 'accounts', 'bot', 'server'],
  execute: async ({ caller, people, server, ...services }, { person: name, ...typed }) => {
    const { language } = caller;
    const [accounts, departures] = [accountsOf(services.accounts), departuresOf(services.departures)];
    const person = personId(fullName(name, server));
    if (person === services.bot) throw new AppError('conflict', 'the bot itself', { reason: 'not-the-bot' });
    if (people.find(person) !== undefined) return refused(say(language, 'account.close-known', { person }));
    await accounts.require(person);
    const act = `people close ${person}`;
    if (!isConfirmed(departures, caller, act, typed)) {
      const confirm = confirmLine(departures, caller, act, `${peopleClose.typed[language]} ${person}`);
      const isLeaving = departures.openOf(person) !== undefined;
      return asked(say(language, 'account.close-preview', { person, isLeaving, confirm }));
    }
    await accounts.close(person);
    return done(say(language, 'account.closed', { person }));
  },
});
