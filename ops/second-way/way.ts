import { type Alert, alertReference, type SecondWay, type Severity } from '../../core/alert.ts';
import type { Language } from '../../core/caller.ts';
import { sayAlert, sayFrame, sayOver } from '../../core/wording/alerts/say-alert.ts';
import { Markdown, plainText } from '../../core/wording/markdown.ts';
import { withoutJoiners } from '../../core/wording/quote.ts';

/** An alert as it leaves the house, or that it is over: plain text in `language`, no names of people. `at`: when it was raised, ISO 8601. */
export interface WayMessage {
  readonly language: Language;
  readonly severity: Severity;
  readonly code: string;
  readonly text: string;
  readonly at: string;
  /** What `!alerts` takes. */
  readonly reference: string;
  /** It has ended: `at` says when. */
  readonly over: boolean;
}

/** One way out beside Matrix. `send` throws when the message was not taken, and when the signal aborts, at once. */
export interface Way {
  readonly name: SecondWay;
  send(message: WayMessage, signal: AbortSignal): Promise<void>;
}

/** Facts that name somebody: an id of Matrix, an account of the host. */
const NAMES = new Set(['person', 'user']);

/** The words of an alert for strangers' machines, or that it is over: whose account it is about stands in the ops room alone. */
export function wayMessage(alert: Alert, language: Language): WayMessage {
  const hidden = Object.keys(alert.facts).filter((name) => NAMES.has(name));
  const somebody = sayFrame(language, 'alert.somebody', {});
  const facts = { ...alert.facts, ...Object.fromEntries(hidden.map((name) => [name, somebody])) };
  const { severity, code, raisedAt, clearedAt } = alert;
  const reference = alertReference(alert.id);
  const text =
    clearedAt === null
      ? sayAlert(language, { ...alert, facts })
      : sayFrame(language, 'alert.over', {
          reference,
          text: new Markdown(sayOver(language, { code, facts })),
          time: clearedAt - raisedAt,
        });
  const at = new Date(clearedAt ?? raisedAt).toISOString();
  return { language, severity, code, text: plain(text), at, reference, over: clearedAt !== null };
}

/** What a mail has around the words of an alert: the weight as a plain word in its subject, and where there is more. */
export function mailFrame({ language, severity, over, ...message }: WayMessage): { subject: string; foot: string } {
  const { reference, at, code } = message;
  const weight = plain(sayFrame(language, over ? 'alert.mail-over' : `severity.${severity}`, {}));
  const more = over ? '' : `\n\n${plain(sayFrame(language, 'alert.mail', { reference }))}`;
  return { subject: `Kinkeeper: ${weight} (${reference})`, foot: `${at}, ${reference} (${code})${more}` };
}

function plain(markdown: string): string {
  return withoutJoiners(plainText(markdown));
}
