import { type Alert, alertReference, isOpen } from '../../core/alert.ts';
import type { AuditLog } from '../../core/audit.ts';
import { allRows } from '../../core/audit-rows.ts';
import type { Caller } from '../../core/caller.ts';
import { sayAlert } from '../../core/wording/alerts/say-alert.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { quote } from '../../core/wording/quote.ts';
import { say } from '../wording/say.ts';
import { alertsAck } from './alerts-ack.ts';
import { alertsSnooze } from './alerts-snooze.ts';
import { defineCommand } from './command-spec.ts';
import { namedAlert } from './named-alert.ts';

/** So many that are over are listed; of what is open, all. */
const SHOWN = 10;

/** `!alerts [reference]`: what is open with what was done about it, then what was lately, newest first; or one of them in full, and what can be done about it. */
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
  needs: ['alerts', 'audit', 'clock'],
  execute: ({ caller, alerts: log, audit, clock }, { reference }) => {
    const { language } = caller;
    const noted = notedBy(audit);
    const toTell = (alert: Alert) => ({ alert, caller, now: clock(), by: noted(alert) });
    if (reference !== undefined) return inFull(toTell(namedAlert(log, reference)));
    const open = log.open().reverse();
    const rest = log.recent(SHOWN + open.length).filter((alert) => !isOpen(alert));
    const lately = rest.slice(0, SHOWN);
    if (open.length + lately.length === 0) return say(language, 'alerts.none');
    return [
      say(language, 'alerts.open', { open: open.length }),
      ...(open.length === 0 ? [] : ['', ...open.map((alert) => line(toTell(alert)))]),
      ...(lately.length === 0 ? [] : ['', say(language, 'alerts.lately'), '']),
      ...lately.map((alert) => line(toTell(alert))),
    ].join('\n');
  },
});

interface ToTell {
  readonly alert: Alert;
  readonly caller: Caller;
  readonly now: number;
  /** Who took note of it, as far as the trail tells. */
  readonly by: string | undefined;
}

/** Who took note of an alert last: the trail knows, and forgets whoever is erased. Read only when an alert asks for it. */
function notedBy(audit: Pick<AuditLog, 'rowsAfter'>): (alert: Alert) => string | undefined {
  let actors: ReadonlyMap<string, string> | undefined;
  return ({ id, acknowledgedAt }) => {
    if (acknowledgedAt === null) return undefined;
    actors ??= new Map(
      [...allRows(audit)]
        .filter(({ action, outcome }) => action === 'command.alerts-ack' && outcome === 'done')
        .map(({ named, target }) => [target, named.actor]),
    );
    return actors.get(alertReference(id));
  };
}

function whoOf({ caller: { language, person }, by }: ToTell): Markdown {
  if (by === undefined) return new Markdown(say(language, 'alerts.somebody'));
  return new Markdown(by === person ? say(language, 'audit.you') : quote(by));
}

function line(told: ToTell): string {
  const { alert, caller, now } = told;
  const { language } = caller;
  return say(language, 'alerts.line', {
    ...{ at: alert.raisedAt, clearedAt: alert.clearedAt ?? 0, reference: alertReference(alert.id) },
    severity: new Markdown(say(language, `severity.${alert.severity}`)),
    text: new Markdown(sayAlert(language, alert)),
    state: stateOf(alert),
    ...standing(told, now),
  });
}

/** What admins did about it, as far as it counts still. */
function standing(told: ToTell, now: number) {
  const { acknowledgedAt, snoozedUntil, isFlapping } = told.alert;
  const until = snoozedUntil ?? 0;
  return {
    isFlapping,
    acknowledgedAt: acknowledgedAt ?? 0,
    acknowledgedBy: whoOf(told),
    snoozedUntil: until > now ? until : 0,
  };
}

function inFull(told: ToTell): string {
  const { alert, caller, now } = told;
  const { language } = caller;
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
      ...standing(told, now),
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
