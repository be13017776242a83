import { LINK_SCHEMES } from '../link-schemes.ts';
import { documentCode } from '../wording/markdown.ts';

/** Signs that hide or reorder text: controls, bidi marks, tag characters, invisible ones; not line feed, tab, joiners and emoji style. */
const INVISIBLE = /(?!\n|\t|\u200C|\u200D|\uFE0F)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const OTHER_SCHEME = new RegExp(String.raw`(?<![\p{L}\p{N}])(${LINK_SCHEMES}):(?!\s|$|//|⧵)`, 'giu');
/**
 * A link with its scheme, or (in running text clients make links of those too) a host name with what stands before an @ and
 * with its path, the number of a machine, or a machine of the house with its port.
 */
const LINK =
  /((?:[a-z][a-z0-9+.-]{1,30}:\/\/|www\.)[^\s`<>()[\]{}"'|\\]+|[a-z][a-z0-9+.-]{1,30}:\/\/\[[^\s`<>(){}"'|\\]*)|(?<![\p{L}\p{N}.-])(?:localhost(?=[:/])|(?:\d{1,3}\.){3}\d{1,3}(?![\d.]\d))(?::\d{1,5})?(?:[/?#][^\s`<>()[\]"']*)?|(?<![\p{L}\p{N}-])(?:([\p{L}\p{N}._%+-]{1,64})@)?[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){0,8}\.\p{L}{2,24}(?:[/?#][^\s`<>()[\]"']*)?/giu;
/** Endings of file names, which are no links. */
const FILE_ENDING = /\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|txt|md|html?|csv|eml|msg|ics|epub|jpe?g|png|tiff?)$/iu;

/** What stands where a link was that the documents do not hold. */
const REMOVED = '[…]';
const MOST_ROUNDS = 8;

/**
 * Makes a model's text safe to show: no HTML, no images, no markdown links, no link that `sources` (texts and file names
 * of the passages) do not hold letter by letter, none to matrix.to at all, no invisible or reordering signs. A link of
 * the sources is shown as code, so that nothing opens by a tap or a preview. Nobody is mentioned: `@room`, and addresses
 * of people and rooms, begin with a sign of full width. What is left is text with simple markdown.
 * Called on every partial and on the final text; applying it twice changes nothing. Removing one thing can join two
 * halves of another, so it runs until nothing changes.
 */
export function filterOutput(text: string, sources: readonly string[]): string {
  let current = text;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = onePass(current, sources);
    if (next === current) return withoutMentions(current);
    current = next;
  }
  return withoutMentions(current).replace(/[<>[\]()`:/\\&]/g, ' ');
}

/** The same signs to the eye, but no client takes them for an address. A mail address has something before its @. */
function withoutMentions(text: string): string {
  return text
    .replace(/(?<![\p{L}\p{N}_])@(?=[\p{L}\p{N}._=/+-])|(?<![\p{L}\p{N}])@(?=room)/giu, '＠')
    .replace(/(?<![\p{L}\p{N}])#(?=[\w.=/+-]+:[a-z0-9])/gu, '＃')
    .replace(/(?<![\p{L}\p{N}])!(?=[\w.=/+-]+:[a-z0-9])/gu, '！');
}

function onePass(text: string, sources: readonly string[]): string {
  // Code spans of the model would shift those that are put around known links.
  return breakLinkSyntax(breakHtml(text.replace(INVISIBLE, '').replaceAll('`', '')))
    .replace(OTHER_SCHEME, '$1: ')
    .replace(LINK, (found, link: string | undefined, local: string | undefined) => {
      if (link !== undefined) return knownLink(link, sources);
      return breakHost(found, { isAddress: local !== undefined, sources });
    });
}

/** Tags go; a `<` that could still begin one, and entities that could become one, are broken. */
function breakHtml(text: string): string {
  return text
    .replace(/<((?:[a-z][a-z0-9+.-]{0,30}:|www\.)[^<>\s]*)>/giu, '$1')
    .replace(/<\/?[a-z][^<>]*>/giu, '')
    .replace(/<!--.*?-->/gsu, '')
    .replace(/<(?=[a-z/!?])/giu, '‹')
    .replace(/&(?=#|[a-z][a-z0-9]{1,31};)/giu, '& ');
}

/** `![alt](x)`, `[text](x)` and `[ref]: x` need their brackets side by side; a backslash could hide signs, so a look-alike stands for it. */
function breakLinkSyntax(text: string): string {
  return text
    .replaceAll('\\', '\u29F5')
    .replace(/!(?=\[)/g, '')
    .replace(/\](?=[(:])/g, '] ');
}

function knownLink(found: string, sources: readonly string[]): string {
  const link = found.replace(/[.,;:!?*_~]+$/u, '');
  const rest = found.slice(link.length);
  return (isKnown(link, sources) ? documentCode(link) : REMOVED) + rest;
}

function isKnown(link: string, sources: readonly string[]): boolean {
  return !/matrix\.to/i.test(link) && sources.some((source) => source.includes(link));
}

/**
 * Clients make links of bare host names and addresses too. Known ones become code, except for names of files. Unknown hosts get a blank behind each dot (still readable, no link); unknown addresses are gone, and so
 * are hosts with a path.
 */
function breakHost(found: string, where: { isAddress: boolean; sources: readonly string[] }): string {
  if (isKnown(found, where.sources)) return FILE_ENDING.test(found) && !where.isAddress ? found : documentCode(found);
  return where.isAddress || /[/?#:]/.test(found) ? REMOVED : found.replaceAll('.', '. ');
}
