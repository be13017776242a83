import { AppError } from '../../core/errors.ts';
import { confirmIdentity, fingerprintOf } from '../../core/identities.ts';
import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { asked, defineCommand, done, refused } from './command-spec.ts';
import { CONFIRMATION, confirmLine, departuresOf, isConfirmed } from './confirmed.ts';

/**
 * `!people confirm <person>`: takes the identity that a person's account shows now for theirs, once it was compared. Never
 * one's own, which whoever took an account over could do as well: that is done at the shell.
 */
export const peopleConfirm = defineCommand({
  name: 'people confirm',
  typed: { en: 'people confirm', de: 'leute bestätigen' },
  aliases: [],
  where: 'ops',
  role: 'admin',
  destructive: true,
  audit: ({ person }) => person,
  arguments: [{ name: 'person', type: 'person', label: 'person' }, ...CONFIRMATION],
  examples: ['@ben:example.org', { en: '@ben:example.org yes K7QM3F', de: '@ben:example.org ja K7QM3F' }],
  needs: ['departures', 'people', 'identities', 'alerts'],
  execute: ({ caller, people, identities, alerts, ...services }, { person, ...typed }) => {
    const { language } = caller;
    const departures = departuresOf(services.departures);
    const key = identities.waiting(person);
    // Somebody who was removed has an identity too, as long as they are not erased: a goodbye may wait for it.
    if (key === undefined && people.find(person) === undefined) {
      throw new AppError('not-found', 'this person is not known', { reason: 'no-such-person', facts: { person } });
    }
    if (person === caller.person) return refused(say(language, 'people.confirm-own', { person }));
    if (key === undefined) return refused(say(language, 'people.confirm-none', { person }));
    // A code is for the identity that was shown with it, not for one that came since.
    const act = `people confirm ${person} ${key}`;
    if (!isConfirmed(departures, caller, act, typed)) {
      const confirm = confirmLine(departures, caller, act, `${peopleConfirm.typed[language]} ${person}`);
      return asked(say(language, 'people.confirm-preview', { person, fingerprint: code(fingerprintOf(key)), confirm }));
    }
    if (!confirmIdentity({ identities, alerts }, person, key))
      return refused(say(language, 'people.confirm-none', { person }));
    return done(say(language, 'people.confirmed', { person }));
  },
});
