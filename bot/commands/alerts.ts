import { sayAlert } from '../../core/wording/alerts/say-alert.ts';
import { Markdown } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

const SHOWN = 10;

/** `!alerts`: the latest alerts, newest first. */
export const alerts = defineCommand({
  name: 'alerts',
  typed: { en: 'alerts', de: 'warnungen' },
  aliases: ['meldungen'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['alerts'],
  execute: ({ caller, alerts: log }) => {
    const { language } = caller;
    const latest = log.recent(SHOWN);
    if (latest.length === 0) return say(language, 'alerts.none');
    return [
      say(language, 'alerts.head', { shown: latest.length }),
      '',
      ...latest.map((alert) =>
        say(language, 'alerts.line', {
          at: alert.raisedAt,
          severity: new Markdown(say(language, `severity.${alert.severity}`)),
          text: new Markdown(sayAlert(language, alert)),
          state: alert.clearedAt === null ? 'open' : 'over',
        }),
      ),
    ].join('\n');
  },
});
