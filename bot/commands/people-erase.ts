import { AppError } from '../../core/errors.ts';
import { say } from '../wording/say.ts';
import { asked, defineCommand, done } from './command-spec.ts';
import { CONFIRMATION, confirmLine, departuresOf, isConfirmed } from './confirmed.ts';
import { assertOtherAdmin } from './people-add.ts';

/** `!people erase <person>`: erases everything about a person without the wait after a removal, once it is confirmed. */
export const peopleErase = defineCommand({
  name: 'people erase',
  typed: { en: 'people erase', de: 'leute löschen' },
  aliases: ['leute tilgen'],
  where: 'ops',
  role: 'admin',
  destructive: true,
  audit: ({ person }) => person,
  arguments: [{ name: 'person', type: 'person', label: 'person' }, ...CONFIRMATION],
  examples: ['@ben:example.org', { en: '@ben:example.org yes K7QM3F', de: '@ben:example.org ja K7QM3F' }],
  needs: ['departures', 'people', 'refreshOpsRoom'],
  execute: async ({ caller, people, refreshOpsRoom, ...services }, { person, ...typed }) => {
    const { language } = caller;
    const departures = departuresOf(services.departures);
    const known = people.find(person);
    if (known === undefined && departures.openOf(person) === undefined) {
      throw new AppError('not-found', 'this person is not known', { reason: 'no-such-person', facts: { person } });
    }
    if (known?.role === 'admin') assertOtherAdmin(people, person);
    const act = `people erase ${person}`;
    if (!isConfirmed(departures, caller, act, typed)) {
      const confirm = confirmLine(departures, caller, act, `${peopleErase.typed[language]} ${person}`);
      return asked(say(language, 'people.erase-preview', { person, confirm }));
    }
    const { reference } = await departures.eraseNow(person);
    const lines = [say(language, 'people.erase-begun', { person, reference })];
    if (!(await refreshOpsRoom())) lines.push(say(language, 'people.room-failed'));
    return done(lines.join('\n'));
  },
});
