import { say } from '../wording/say.ts';
import { asked, defineCommand, done } from './command-spec.ts';
import { CONFIRMATION, confirmLine, departuresOf, isConfirmed } from './confirmed.ts';

/** `!forget all`: shows what would go; typed again with the code, it removes all documents of the caller, with proof. */
export const forgetAll = defineCommand({
  name: 'forget all',
  typed: { en: 'forget all', de: 'vergiss alles' },
  aliases: ['delete all', 'forget everything', 'lösche alles', 'alles vergessen'],
  where: 'direct',
  role: 'member',
  destructive: true,
  audit: (_values, { caller }) => caller.tenant,
  arguments: CONFIRMATION,
  examples: ['', { en: 'yes K7QM3F', de: 'ja K7QM3F' }],
  needs: ['departures'],
  execute: ({ caller, ...services }, typed) => {
    const { language } = caller;
    const departures = departuresOf(services.departures);
    if (isConfirmed(departures, caller, 'forget all', typed)) {
      departures.ask(caller, 'documents');
      return done(say(language, 'erase.all-begun'));
    }
    const confirm = confirmLine(departures, caller, 'forget all', forgetAll.typed[language]);
    return asked(say(language, 'erase.all-preview', { counts: departures.preview(caller, 'documents'), confirm }));
  },
});
