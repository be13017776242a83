import { LINK_SCHEMES } from '../link-schemes.ts';
import { documentCode } from './markdown.ts';

/** Longest person-given text that is repeated inside one of our sentences, in characters. */
const LONGEST = 160;

/** A Matrix user id as the specification writes it today; inside a code span it is inert and can be copied. */
const MATRIX_ID = /^@[a-z0-9._=/+-]{1,200}:[a-zA-Z0-9.:-]{1,200}$/;

/** Control characters, and the invisible ones that turn the direction of writing ("contract<RLO>fdp.exe") or hide text. */
const UNSEEN =
  /[\p{Cc}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\u{e0001}|[\u{e0020}-\u{e007f}]/gu;

/** Word joiner: invisible and without width, it keeps clients from seeing a mention or a link in what is only a name. */
export const JOINER = '\u2060';

/** The same text without them: for programs, mails and terminals, which make no links of names. */
export function withoutJoiners(text: string): string {
  return text.replaceAll(JOINER, '');
}

/**
 * Makes a text from outside (a file name, a display name, a word of a command) inert inside our Markdown: it shows the
 * same characters on one line, but can't become markup, HTML, a link, a pill or an `@room`. `say` calls it for every
 * string among its facts, so no entry of the catalogue can forget it. Longer texts end in "…"; an empty one is "…".
 */
export function quote(text: string): string {
  const line = text.toWellFormed().replace(/\s+/gu, ' ').replace(UNSEEN, '').trim();
  if (line === '') return '…';
  if (MATRIX_ID.test(line)) return `\`${line}\``;
  return withoutLinks(escapeMarkdown(shorten(line, LONGEST)), FILE_ENDING);
}

/** Escapes one line of plain text for Markdown without shortening it. For `quote`, and for `escapeDocument` around what that shows as code. */
export function escapeMarkdown(line: string): string {
  return line
    .replace(/[\\`*_[\]<>~|&]/g, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
    .replace(/^[-+#=:]/, '\\$&')
    .replace(/[@#](?=\S)/g, `$&${JOINER}`)
    .replace(/:(?=\/\/)/g, `:${JOINER}`)
    .replace(/(www)\./gi, `$1${JOINER}.`);
}

/**
 * Mail addresses, links, and host names that are surely some: shown as code, in which clients see no link, so that they can
 * be copied as they stand (the plain body breaks them: bot/matrix/message-content.ts). None begins with a sign that does.
 */
const ADDRESS =
  /(?<![\p{L}\p{N}._%+@-])[\p{L}\p{N}][\p{L}\p{N}._%+-]{0,63}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,24}(?![\p{L}\p{N}@:-]|\.[\p{L}\p{N}])|(?<![\p{L}\p{N}])(?:https?:\/\/|www\.)[^\s`<>()[\]{}"'“”„|\\*]+(?<![.,;:!?_~])|(?<![\p{L}\p{N}@.-])(?:[\p{L}\p{N}-]{1,63}\.){1,8}(?:com|org|net|info|eu|de|at|ch|uk|fr|it|es|nl|be|pl|io)(?![\p{L}\p{N}@:-]|\.[\p{L}\p{N}])/giu;

/** Host names in running text, of which clients make links; names of files look alike. */
const HOST = /(?<![\p{L}\p{N}-])[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,24}(?![\p{L}\p{N}])/gu;

const SCHEME = new RegExp(`(?:${LINK_SCHEMES}):(?![\\s\u2060])`, 'giu');

/** Machines by their number, and this one by its port: some clients open them too. */
const MACHINE = /(?<![\p{L}\p{N}.-])(?:localhost(?=[:/])|(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d))/giu;

/** What ends the name of a file and no host: such a name stays as it is written, so that it can be copied. */
const FILE_ENDING =
  /\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|txt|md|html?|csv|eml|msg|ics|epub|jpe?g|png|tiff?|heic|webp)$/iu;

/** Escapes a stretch of a document: as `escapeMarkdown`, and so that clients make no link of anything in it. */
export function escapeDocument(line: string): string {
  let escaped = '';
  let end = 0;
  for (const { 0: address, index } of line.matchAll(ADDRESS)) {
    escaped += `${escapeBetween(line.slice(end, index))}${isCopyable(address) ? documentCode(address) : escapeBetween(address)}`;
    end = index + address.length;
  }
  return escaped + escapeBetween(line.slice(end));
}

/** `escapeDocument` for a stretch that has lines, as rows of tables do. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeDocument).join('\n');
}

/** Not shown whole: links to people and rooms, and what holds the address of one, or `@room`. */
function isCopyable(address: string): boolean {
  return !/matrix\.to|@room|[@#!+][\p{L}\p{N}._=/+-]*:|(?:\/\/|www\.).*@/iu.test(address);
}

function escapeBetween(text: string): string {
  return withoutLinks(escapeMarkdown(text));
}

/** Breaks what clients make links of in escaped text: schemes, machines and hosts. The last dot before `whole` stays. */
function withoutLinks(escaped: string, whole?: RegExp): string {
  return escaped
    .replace(SCHEME, `$&${JOINER}`)
    .replace(MACHINE, (machine) =>
      machine.includes('.') ? machine.replaceAll('.', `.${JOINER}`) : `local${JOINER}host`,
    )
    .replace(HOST, (host) => {
      const end = (whole && host.search(whole)) ?? -1;
      const [broken, kept] = end < 0 ? [host, ''] : [host.slice(0, end), host.slice(end)];
      return broken.replace(/\.(?=.*\p{L})/gu, `.${JOINER}`) + kept;
    });
}

/** The first `longest` characters (code points), with "…" in place of the rest. */
export function shorten(line: string, longest: number): string {
  const characters = [...line];
  return characters.length <= longest
    ? line
    : `${characters
        .slice(0, longest - 1)
        .join('')
        .trimEnd()}…`;
}
