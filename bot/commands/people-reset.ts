import type { Caller, PersonId } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import type { Departures } from '../erase/departures.ts';
import { say } from '../wording/say.ts';
import { ACCOUNT_COMMAND, accountMeant } from './account-command.ts';
import { type Answered, asked, defineCommand, done, refused } from './command-spec.ts';
import { confirmLine, isConfirmed, type Typed } from './confirmed.ts';
import { peopleConfirm } from './people-confirm.ts';
import { setUpAnswer } from './set-up-answer.ts';

/**
 * `!people reset <person>`: a new password for the account of somebody of the household, who is logged out everywhere; asked back first, for
 * an admin twice. Never one's own: whoever asks would be logged out before they could read it.
 */
export const peopleReset = defineCommand({
  ...ACCOUNT_COMMAND,
  name: 'people reset',
  typed: { en: 'people reset', de: 'leute zurücksetzen' },
  aliases: ['leute reset'],
  execute: async ({ caller, source, people, ...services }, { person, ...typed }) => {
    const { accounts, departures } = accountMeant(services, person);
    if (!accounts.hasBegun(source)) {
      const known = people.find(person);
      if (known === undefined)
        throw new AppError('not-found', 'this person is not known', { reason: 'no-such-person', facts: { person } });
      if (person === caller.person) return refused(say(caller.language, 'account.reset-own'));
      await accounts.require(person);
      const question = questionBefore(departures, { caller, person, isAdmin: known.role === 'admin', typed });
      if (question !== undefined) return question;
    }
    const card = await accounts.reset({ source, person });
    const head = say(caller.language, 'account.reset-done', { person });
    const { language } = people.find(person) ?? caller;
    const confirm = `!${peopleConfirm.typed[language]} ${person}`;
    return done(setUpAnswer(head, card, { language, bot: services.bot ?? '', confirm }));
  },
});

interface About {
  readonly caller: Caller;
  readonly person: PersonId;
  readonly isAdmin: boolean;
  readonly typed: Typed;
}

/** What is asked back; undefined once that was confirmed. Throws AppError `conflict` (`erase-code`). */
function questionBefore(departures: Departures, { caller, person, isAdmin, typed }: About): Answered | undefined {
  const { language } = caller;
  const [first, second] = [`people reset ${person}`, `people reset admin ${person}`];
  const call = `${peopleReset.typed[language]} ${person}`;
  const isSecond = typed.code !== undefined && departures.codes.use(caller.person, second, typed.code);
  if (isAdmin && isSecond) return undefined;
  if (!isConfirmed(departures, caller, first, typed)) {
    const confirm = confirmLine(departures, caller, first, call);
    return asked(say(language, 'account.reset-preview', { person, confirm }));
  }
  if (!isAdmin) return undefined;
  const confirm = confirmLine(departures, caller, second, call);
  return asked(say(language, 'account.reset-admin', { person, confirm }));
}
