/** A link to one message, as sourceLinks makes it; nothing else is ever a link in what the bot sends. */
const LINK = /^https:\/\/matrix\.to\/#\/![\w.~%-]{1,255}\/%24[\w.~%-]{1,255}\?via=[\w.~%-]{1,255}$/;
const MARK = '↗';
const WRITTEN = / \[↗\]\(([^()\s]{1,900})\)/gu;
/** Stands for a link while the text around it is cleaned; of the private use area, and taken out of everything else. */
const PLACE = '\ue000';

/** Markdown of a link to a message, to stand behind the name of the file that came in it; "" for anything that is no such link. */
export function messageLink(link: string): string {
  return isMessageLink(link) ? ` [${MARK}](${link})` : '';
}

/** True for links to one message of a room. */
function isMessageLink(link: string): boolean {
  return LINK.test(link);
}

/** A text without such links: what notifications and clients without HTML show. */
export function withoutMessageLinks(markdown: string): string {
  return markdown.replace(WRITTEN, (whole, link: string) => (isMessageLink(link) ? '' : whole));
}

/**
 * The HTML of a text with such links. `toHtml` sees a sign of its own in the place of each one and may so throw away every
 * link that it meets; these are put in behind it.
 */
export function withMessageLinks(markdown: string, toHtml: (markdown: string) => string): string {
  const links: string[] = [];
  const held = markdown.replaceAll(PLACE, '').replace(WRITTEN, (whole, link: string) => {
    if (!isMessageLink(link)) return whole;
    links.push(link);
    return ` ${PLACE}`;
  });
  return toHtml(held).replaceAll(PLACE, () => {
    const link = links.shift();
    return link === undefined ? '' : `<a href="${link}">${MARK}</a>`;
  });
}
