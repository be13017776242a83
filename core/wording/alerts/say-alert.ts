import type { Alert } from '../../alert.ts';
import type { Language } from '../../caller.ts';
import { inert } from '../inert.ts';
import { checkedFacts, type Entries } from '../shape.ts';
import * as de from './de.ts';
import * as en from './en.ts';
import { ALERT_SHAPES, type AlertCode, type AlertFrame, type AlertTexts } from './facts.ts';

const TEXTS: Readonly<Record<Language, Entries<AlertFrame & AlertTexts>>> = {
  en: { ...en.alertFrame, ...en.alerts },
  de: { ...de.alertFrame, ...de.alerts },
};

/**
 * An alert in words, as Markdown and without its severity: for the ops room, and for the second way out. An unknown code, or
 * facts that don't fit, are shown as they are.
 */
export function sayAlert(language: Language, alert: Pick<Alert, 'code' | 'facts' | 'repeats'>): string {
  const texts = TEXTS[language];
  const repeated = alert.repeats > 0 ? ` ${texts['alert.repeated']({ times: alert.repeats + 1 })}` : '';
  return alertSentence(language, alert.code, alert.facts) + repeated;
}

/** The end of a sentence: behind a dot that belongs to a unit ("3 Std. still") it goes on small, or with a number. */
const FIRST_SENTENCE = /^.*?[.!?](?=\s+[^\s\p{Ll}\p{N}]|\s*$)/su;

/** The same once it is over: what was the matter, without what to do about it. */
export function sayOver(language: Language, alert: Pick<Alert, 'code' | 'facts'>): string {
  const words = alertSentence(language, alert.code, alert.facts);
  return FIRST_SENTENCE.exec(words)?.[0] ?? words;
}

/** What stands around an alert. Facts that are texts come quoted already, or are ours. */
export function sayFrame<Key extends keyof AlertFrame>(language: Language, key: Key, facts: AlertFrame[Key]): string {
  return (TEXTS[language][key] as (facts: unknown) => string)(inert(facts));
}

function alertSentence(language: Language, code: string, facts: Alert['facts']): string {
  if (isAlertCode(code)) {
    const fitting = checkedFacts(ALERT_SHAPES[code], facts);
    if (fitting !== undefined) return (TEXTS[language][`alert.${code}`] as (facts: unknown) => string)(inert(fitting));
  }
  const shown = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return sayFrame(language, 'alert.other', { code, facts: shown.join(', ') });
}

function isAlertCode(code: string): code is AlertCode {
  return Object.hasOwn(ALERT_SHAPES, code);
}
