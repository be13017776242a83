import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { asked, defineCommand, done, refused } from './command-spec.ts';
import { CONFIRMATION, confirmLine, departuresOf, isConfirmed, sayOpen } from './confirmed.ts';
import { assertOtherAdmin } from './people-add.ts';

/** `!delete-me`: shows what would go; typed again with the code, everything about the caller goes after the cooling-off. */
export const deleteMe = defineCommand({
  name: 'delete-me',
  typed: { en: 'delete-me', de: 'lösch-mich' },
  aliases: ['delete me', 'forget me', 'lösche mich', 'vergiss mich'],
  where: 'direct',
  role: 'member',
  destructive: true,
  audit: (_values, { caller }) => caller.tenant,
  arguments: CONFIRMATION,
  examples: ['', { en: 'yes K7QM3F', de: 'ja K7QM3F' }],
  needs: ['departures', 'people', 'clock'],
  execute: ({ caller, people, clock, ...services }, typed) => {
    const { language } = caller;
    const departures = departuresOf(services.departures);
    const open = departures.openOf(caller.person);
    const stop = code(`!${deleteMeStop.typed[language]}`);
    if (open) return asked(sayOpen(caller, open.dueAt, stop));
    if (caller.role === 'admin') assertOtherAdmin(people, caller.person);
    if (isConfirmed(departures, caller, 'delete-me', typed)) {
      const { dueAt } = departures.ask(caller, 'person');
      return done(say(language, 'erase.me-planned', { at: dueAt, now: clock(), stop }));
    }
    const confirm = confirmLine(departures, caller, 'delete-me', deleteMe.typed[language]);
    const wait = departures.waits.coolingOffMs;
    return asked(say(language, 'erase.me-preview', { counts: departures.preview(caller, 'person'), wait, confirm }));
  },
});

/** `!delete-me stop`: takes it back while it has not begun. */
export const deleteMeStop = defineCommand({
  name: 'delete-me stop',
  typed: { en: 'delete-me stop', de: 'lösch-mich stopp' },
  aliases: ['delete-me cancel', 'lösch-mich stop', 'lösch-mich abbrechen'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: (_values, { caller }) => caller.tenant,
  arguments: [],
  examples: [''],
  needs: ['departures'],
  execute: ({ caller, ...services }) => {
    const departures = departuresOf(services.departures);
    const open = departures.openOf(caller.person);
    if (!open) return refused(say(caller.language, 'erase.none'));
    if (departures.cancel(caller.person)) return done(say(caller.language, 'erase.stopped'));
    return refused(say(caller.language, 'erase.too-late'));
  },
});
