import type { Language } from '../../caller.ts';
import { CHECKS, type CheckId, type HostCommands, type UnknownWhy, type WholeHostWhy } from '../../posture.ts';
import * as de from './de.ts';
import * as en from './en.ts';

const TEXTS = { en: en.checks, de: de.checks } as const;

/** What a line of the checklist promises. An id that this version does not know is shown as it is. */
export function sayCheck(language: Language, id: string): string {
  return isCheck(id) ? TEXTS[language][`check.${id}`]({}) : id;
}

/** Why a line is not known. */
export function sayUnknown(language: Language, why: UnknownWhy): string {
  return TEXTS[language][`check-unknown.${why}`]({});
}

/** What to do about a reason for which nothing of the host is known, without a dot at its end. */
export function sayMend(language: Language, why: WholeHostWhy, commands: HostCommands): string {
  return TEXTS[language][`check-mend.${why}`](commands);
}

/** Words in commands that stand for something the reader fills in. */
const TO_FILL = [
  [/\bCHAIN\b/, 'KETTE'],
  [/\bKEY\b/, 'SCHLÜSSEL'],
] as const;
/** Commands of the ops room, as they are typed in German. */
const TYPED = [
  [/^!run /, '!starte '],
  [/^!incident$/, '!vorfall'],
] as const;

/** The command that mends a line: as it stands, but for what is typed in the reader's language. */
export function sayFix(language: Language, fix: string): string {
  if (language === 'en') return fix;
  return [...TYPED, ...TO_FILL].reduce((command, [word, own]) => command.replace(word, own), fix);
}

function isCheck(id: string): id is CheckId {
  return (CHECKS as readonly string[]).includes(id);
}
