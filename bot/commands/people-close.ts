import { AppError } from '../../core/errors.ts';
import { say } from '../wording/say.ts';
import { ACCOUNT_COMMAND, accountMeant } from './account-command.ts';
import { asked, defineCommand, done, refused } from './command-spec.ts';
import { confirmLine, isConfirmed } from './confirmed.ts';

/** `!people close <person>`: closes the account of somebody who was removed, for good, once it is confirmed. */
export const peopleClose = defineCommand({
  ...ACCOUNT_COMMAND,
  name: 'people close',
  typed: { en: 'people close', de: 'leute schließen' },
  aliases: ['leute deaktivieren', 'people deactivate'],
  execute: async ({ caller, people, ...services }, { person, ...typed }) => {
    const { language } = caller;
    const { accounts, departures } = accountMeant(services, person);
    if (people.find(person) !== undefined) return refused(say(language, 'account.close-known', { person }));
    // Others may live on the homeserver, too; and it is final.
    if (departures.openOf(person) === undefined)
      throw new AppError('conflict', 'not removed from this household', {
        reason: 'account-not-removed',
        facts: { person },
      });
    await accounts.require(person);
    const act = `people close ${person}`;
    if (!isConfirmed(departures, caller, act, typed)) {
      const confirm = confirmLine(departures, caller, act, `${peopleClose.typed[language]} ${person}`);
      return asked(say(language, 'account.close-preview', { person, confirm }));
    }
    await accounts.close(person);
    return done(say(language, 'account.closed', { person }));
  },
});
