import { type Alert, alertReference, isOpen } from '../../core/alert.ts';
import type { Language } from '../../core/caller.ts';
import { sayAlert } from '../../core/wording/alerts/say-alert.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { alertsAck } from './alerts-ack.ts';
import { alertsSnooze } from './alerts-snooze.ts';
import { defineCommand } from './command-spec.ts';
import { namedAlert } from './named-alert.ts';

const SHOWN = 10;

/** `!alerts [reference]`: the latest alerts, newest first; or one of them in full, and what can be done about it. */
export const alerts = defineCommand({
  name: 'alerts',
  typed: { en: 'alerts', de: 'warnungen' },
  aliases: ['meldungen'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: null,
  arguments: [{ name: 'reference', type: 'word', label: 'alert', optional: true }],
  examples: ['', 'A12'],
  needs: ['alerts'],
  execute: ({ caller, alerts: log }, { reference }) => {
    const { language } = caller;
    if (reference !== undefined) return inFull(language, namedAlert(log, reference));
    const latest = log.recent(SHOWN);
    if (latest.length === 0) return say(language, 'alerts.none');
    return [
      say(language, 'alerts.head', { shown: latest.length }),
      '',
      ...latest.map((alert) =>
        say(language, 'alerts.line', {
          at: alert.raisedAt,
          reference: alertReference(alert.id),
          severity: new Markdown(say(language, `severity.${alert.severity}`)),
          text: new Markdown(sayAlert(language, alert)),
          state: stateOf(alert),
        }),
      ),
    ].join('\n');
  },
});

function inFull(language: Language, alert: Alert): string {
  const { raisedAt, lastAt, repeats, clearedAt, deliveredAt } = alert;
  const reference = alertReference(alert.id);
  const lines = [
    say(language, 'alerts.full', {
      reference,
      severity: new Markdown(say(language, `severity.${alert.severity}`)),
      text: new Markdown(sayAlert(language, { ...alert, repeats: 0 })),
    }),
    '',
    say(language, 'alerts.times', { raisedAt, lastAt, times: repeats + 1, clearedAt: clearedAt ?? 0 }),
    say(language, 'alerts.state', {
      state: stateOf(alert),
      deliveredAt: deliveredAt ?? 0,
      isFlapping: alert.isFlapping,
      acknowledgedAt: alert.acknowledgedAt ?? 0,
      snoozedUntil: alert.snoozedUntil ?? 0,
    }),
  ];
  if (isOpen(alert)) {
    const [ack, snooze] = [alertsAck, alertsSnooze].map(({ typed }) => `!${typed[language]} ${reference}`);
    lines.push('', say(language, 'alerts.may', { ack: code(ack!), snooze: code(`${snooze} 2 h`) }));
  }
  return lines.join('\n');
}

function stateOf(alert: Alert): 'open' | 'over' | 'news' {
  if (isOpen(alert)) return 'open';
  return alert.clearedAt === null ? 'news' : 'over';
}
