import { alertReference } from '../../core/alert.ts';
import { AppError } from '../../core/errors.ts';
import { say } from '../wording/say.ts';
import { defineCommand, done, refused } from './command-spec.ts';
import { auditedAlert, namedAlert } from './named-alert.ts';
import { timeNamed } from './time-named.ts';

/** `!alerts snooze <reference> <time>`: nobody wants to hear of an alert for so long; then it comes back if it still goes on. */
export const alertsSnooze = defineCommand({
  name: 'alerts snooze',
  typed: { en: 'alerts snooze', de: 'warnungen später' },
  aliases: ['alerts later', 'meldungen später'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: ({ reference }) => auditedAlert(reference),
  arguments: [
    { name: 'reference', type: 'word', label: 'alert' },
    { name: 'time', type: 'text', label: 'time' },
  ],
  examples: ['A12 2 h', { en: 'A12 3 days', de: 'A12 3 Tage' }],
  needs: ['alerts', 'clock'],
  execute: ({ caller: { language }, alerts, clock }, { time, ...values }) => {
    const alert = namedAlert(alerts, values.reference);
    const reference = alertReference(alert.id);
    const ms = timeNamed(time);
    if (ms === undefined) throw new AppError('invalid', 'this is no such time', { reason: 'snooze-time' });
    const until = clock() + ms;
    if (!alerts.snooze(alert.id, until)) return refused(say(language, 'alerts.not-open', { reference }));
    return done(say(language, 'alerts.snoozed', { reference, until }));
  },
});
