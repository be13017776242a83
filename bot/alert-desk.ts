import { type Alert, type AlertLog, type AlertNews, type AlertNotice, alertReference } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import { opsLanguage } from '../core/ops-language.ts';
import type { People } from '../core/people.ts';
import { DAY_MS } from '../core/retention/age.ts';
import { sayAlert, sayFrame, sayOver } from '../core/wording/alerts/say-alert.ts';
import { Markdown } from '../core/wording/markdown.ts';
import { messageContent } from './matrix/message-content.ts';
import type { Outbox } from './matrix/outbox.ts';

interface AlertDeskParts {
  readonly alerts: Pick<AlertLog, 'due' | 'markDelivered' | 'markTold'>;
  readonly people: Pick<People, 'list'>;
  readonly outbox: Outbox;
  readonly opsRoom: () => string | undefined;
  readonly clock: Clock;
  readonly wake: () => void;
}

const ABOUT_ALERT = 'alert ';

/**
 * Alerts become messages of the ops room: what is new, what keeps coming and going, what goes on, and what is over. A new
 * one counts as delivered once the homeserver has its message. Made by the bot.
 */
export class AlertDesk {
  #parts: AlertDeskParts;
  /** What was queued of those that have not arrived, by transaction: written again only when it would say something else. */
  #queued = new Map<string, string>();

  constructor(parts: AlertDeskParts) {
    this.#parts = parts;
  }

  /** Called about once a second. */
  tick(): void {
    const room = this.#parts.opsRoom();
    if (!room) return;
    for (const { alert, news } of this.#parts.alerts.due()) {
      if (news === 'raised') this.#tellNew(alert, room);
      else {
        this.#queue({ alert, news }, { room, transaction: `${nameOf(alert)}.${news}.${this.#stampOf(alert, news)}` });
        this.#parts.alerts.markTold(alert.id, news);
      }
    }
  }

  #tellNew(alert: Alert, room: string): void {
    const { outbox, alerts } = this.#parts;
    let transaction = nameOf(alert);
    // One that was given up with its room is a new message in the next.
    for (let more = 2; outbox.find(transaction)?.state === 'dropped'; more++) transaction = `${nameOf(alert)}.${more}`;
    if (outbox.find(transaction)?.state === 'sent') {
      this.#queued.delete(transaction);
      alerts.markDelivered(alert.id);
    } else this.#queue({ alert, news: 'raised' }, { room, transaction });
  }

  #queue({ alert, news }: AlertNotice, { room, transaction }: { room: string; transaction: string }): void {
    const { outbox, wake } = this.#parts;
    const text = this.#textOf(alert, news);
    if (this.#queued.get(transaction) === text) return;
    if (news === 'raised') this.#queued.set(transaction, text);
    const first = news === 'raised' ? undefined : outbox.find(nameOf(alert))?.eventId;
    outbox.add({
      transaction,
      room,
      audience: { kind: 'ops' },
      type: 'm.room.message',
      content: messageContent(text, 'm.notice', first ? { inReplyTo: first } : {}),
      source: `${ABOUT_ALERT}${alert.id}`,
    });
    wake();
  }

  #textOf(alert: Alert, news: AlertNews): string {
    const language = opsLanguage(this.#parts.people);
    const reference = alertReference(alert.id);
    const severity = new Markdown(sayFrame(language, `severity.${alert.severity}`, {}));
    const text = new Markdown(news === 'over' ? sayOver(language, alert) : sayAlert(language, alert));
    const end = alert.clearedAt ?? this.#parts.clock();
    return sayFrame(language, `alert.${news}`, { reference, severity, text, time: end - alert.raisedAt });
  }

  /** The same when it is queued again after a crash before it was noted as told. */
  #stampOf(alert: Alert, news: AlertNews): string {
    if (news === 'reminder') return String(Math.floor((this.#parts.clock() - alert.raisedAt) / DAY_MS));
    const at = news === 'over' ? alert.clearedAt : news === 'again' ? alert.snoozedUntil : 0;
    return (at ?? 0).toString(36);
  }
}

/** The reference of the alert that a message of ours told of; undefined when it told of none. Asked by the dispatcher. */
export function alertToldBy(outbox: Pick<Outbox, 'sourceOf'>, room: string, event: string): string | undefined {
  const source = outbox.sourceOf(room, event);
  return source?.startsWith(ABOUT_ALERT) ? alertReference(Number(source.slice(ABOUT_ALERT.length))) : undefined;
}

function nameOf({ id, raisedAt }: Alert): string {
  return `kin.alert.${id}.${raisedAt.toString(36)}`;
}
