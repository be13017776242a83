import { type Alert, alertReference, type SecondWay, type Severity } from '../../core/alert.ts';
import { sayAlert, sayFrame } from '../../core/wording/alerts/say-alert.ts';
import { plainText } from '../../core/wording/markdown.ts';

/** An alert as it leaves the house: plain text, no names of people. `at`: when it was raised, ISO 8601. */
export interface WayMessage {
  readonly severity: Severity;
  readonly code: string;
  readonly text: string;
  readonly at: string;
  /** What `!alerts` takes. */
  readonly reference: string;
}

/** One way out beside Matrix. `send` throws when the message was not taken, and when the signal aborts, at once. */
export interface Way {
  readonly name: SecondWay;
  send(message: WayMessage, signal: AbortSignal): Promise<void>;
}

const LANGUAGE = 'en';
/** Facts that name somebody: an id of Matrix, an account of the host. */
const NAMES = new Set(['person', 'user']);
const JOINER = /\u2060/g;

/** The words of an alert for strangers' machines: whose account it is about stands in the ops room alone. */
export function wayMessage(alert: Alert): WayMessage {
  const hidden = Object.keys(alert.facts).filter((name) => NAMES.has(name));
  const facts = { ...alert.facts, ...Object.fromEntries(hidden.map((name) => [name, '(somebody)'])) };
  return {
    severity: alert.severity,
    code: alert.code,
    text: plainText(sayAlert(LANGUAGE, { ...alert, facts })).replace(JOINER, ''),
    at: new Date(alert.raisedAt).toISOString(),
    reference: alertReference(alert.id),
  };
}

/** "urgent", "warning": the weight as a plain word. */
export function severityWord(severity: Severity): string {
  return plainText(sayFrame(LANGUAGE, `severity.${severity}`, {}));
}
