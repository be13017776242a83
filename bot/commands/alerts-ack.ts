import { alertReference } from '../../core/alert.ts';
import { say } from '../wording/say.ts';
import { defineCommand, done, refused } from './command-spec.ts';
import { auditedAlert, namedAlert } from './named-alert.ts';

/** `!alerts ack <reference>`: an admin took note of an alert, so nobody is reminded of it. A thumbs-up on its message does the same. */
export const alertsAck = defineCommand({
  name: 'alerts ack',
  typed: { en: 'alerts ack', de: 'warnungen gesehen' },
  aliases: ['alerts seen', 'meldungen gesehen'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: ({ reference }) => auditedAlert(reference),
  arguments: [{ name: 'reference', type: 'word', label: 'alert' }],
  examples: ['A12'],
  needs: ['alerts'],
  execute: ({ caller: { language }, alerts }, values) => {
    const alert = namedAlert(alerts, values.reference);
    const reference = alertReference(alert.id);
    if (!alerts.acknowledge(alert.id)) return refused(say(language, 'alerts.not-open', { reference }));
    return done(say(language, 'alerts.acknowledged', { reference }));
  },
});
