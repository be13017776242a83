import type { Language } from '../core/caller.ts';
import { say } from './wording/say.ts';

/** A mail's text begins with its subject as a heading and with these lines (extract/mail-text.ts). */
const HEAD = /^(?:# [^\n]*\n\n)?(?:(?:From|To|Cc|Date): [^\n]*(?:\n|$))+/;
const NAMES = { From: 'mail.from', To: 'mail.to', Date: 'mail.date' } as const;

/**
 * The beginning of a mail with the names of its headers in a person's language: they are kept in English, whatever the mail
 * is written in. Any other text stays as it is. Used by `!show`.
 */
export function withMailHead(language: Language, text: string): string {
  return text.replace(HEAD, (head) =>
    head.replace(/^(From|To|Date)(?=: )/gm, (name) => say(language, NAMES[name as keyof typeof NAMES])),
  );
}
