/** Characters without width that our own texts, web pages and keyboards put between others; joiners inside a word belong to it. */
const UNSEEN =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]|(?<!\p{L})[\u200c\u200d]|[\u200c\u200d](?!\p{L})/gu;

/** What somebody typed as they see it: without invisible characters, every kind of blank as a plain one. Used for arguments of commands. */
export function visibleText(typed: string): string {
  return typed
    .replace(UNSEEN, '')
    .replace(/[^\S\n\r\t]/gu, ' ')
    .trim();
}
