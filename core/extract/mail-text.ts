import { htmlText } from './html-text.ts';

/** What a mail says, whichever format it came in. */
export interface MailParts {
  readonly subject: string | undefined;
  /** Names and values in the order to be shown; those without a value are left out. */
  readonly headers: readonly (readonly [name: string, value: string | undefined])[];
  readonly text: string | undefined;
  readonly html: string | undefined;
}

/** Some senders put no more than "your program cannot show this mail" into the plain part. */
const STUB_SHARE = 0.2;

/** A mail as text: the subject as a heading, the headers that people know, then what was written. Used for EML and MSG. */
export function mailText({ subject, headers, text, html }: MailParts): string {
  const lines = headers.flatMap(([name, value]) => (value ? [`${name}: ${oneLine(value)}`] : []));
  const title = oneLine(subject ?? '');
  return [title === '' ? '' : `# ${title}`, lines.join('\n'), body(text ?? '', html)].filter(Boolean).join('\n\n');
}

/** A mail's date with a form that can be searched for: "Sun, 14 Jul 2024 16:22:09 +0200 (2024-07-14)". Unknown forms stay as they are. */
export function mailDate(written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  const parts = /(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4})/.exec(written);
  const month = MONTHS.indexOf(parts?.[2]?.toLowerCase() ?? '') + 1;
  if (parts === null || month === 0) return written;
  return `${oneLine(written)} (${parts[3]}-${String(month).padStart(2, '0')}-${parts[1]!.padStart(2, '0')})`;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function body(plain: string, html: string | undefined): string {
  const text = plain.trim();
  if (html === undefined) return text;
  const shown = htmlText(html);
  return letters(text) >= letters(shown) * STUB_SHARE && text !== '' ? text : shown;
}

function letters(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
