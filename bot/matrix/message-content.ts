import { marked } from 'marked';
import sanitizeHtml from 'sanitize-html';
import { documentCode, plainText } from '../../core/wording/markdown.ts';
import { JOINER } from '../../core/wording/quote.ts';
import { withMessageLinks, withoutMessageLinks } from './message-link.ts';

/** How a message relates to the conversation. */
export interface MessagePlace {
  /** The event that is answered. */
  readonly inReplyTo?: string;
  /** Root of the thread in which it was asked. */
  readonly thread?: string;
}

/** Tags of the Matrix specification that our texts use; no links and no images, so that nothing outside is ever loaded or hidden. Links to messages come in behind the cleaning (message-link.ts). */
const ALLOWED_TAGS = [
  'p',
  'br',
  'strong',
  'em',
  'b',
  'i',
  'del',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
  'h4',
  'h5',
  'h6',
  'hr',
];

/** The content of an `m.room.message`: plain body, HTML made from the Markdown, and no mentions. */
export function messageContent(
  markdown: string,
  msgtype: 'm.notice' | 'm.text',
  place: MessagePlace = {},
): Record<string, unknown> {
  return {
    msgtype,
    body: plainText(brokenAddresses(withoutMessageLinks(markdown))).trim(),
    format: 'org.matrix.custom.html',
    formatted_body: withMessageLinks(markdown, toHtml),
    'm.mentions': {},
    ...relation(place),
  };
}

/** The content that replaces an earlier message; the target's id is added where it is known. */
export function editContent(
  markdown: string,
  msgtype: 'm.notice' | 'm.text',
  target?: string,
): Record<string, unknown> {
  const fresh = messageContent(markdown, msgtype);
  return {
    ...fresh,
    body: `* ${String(fresh.body)}`,
    formatted_body: `* ${String(fresh.formatted_body)}`,
    'm.new_content': fresh,
    ...(target === undefined ? {} : { 'm.relates_to': { rel_type: 'm.replace', event_id: target } }),
  };
}

/**
 * Links and addresses out of documents, which HTML shows as code without making links of them: in the plain body clients would, so they
 * are broken there for the machine and not for the eye. Code spans of ours (commands, keys, addresses of the household) stay as they are:
 * people copy them, and an invisible sign would stand in the way.
 */
function brokenAddresses(markdown: string): string {
  // An escaped sign first: a backtick among the words of a document begins no span.
  return markdown.replace(/\\[^\n]|``([^`\n]+)``/g, (span, address?: string) =>
    address === undefined
      ? span
      : documentCode(address.replace(/:(?=\/\/)|(?<=localhost):|\.(?=[\p{L}\p{N}])/gu, `$&${JOINER}`)),
  );
}

function relation(place: MessagePlace): Record<string, unknown> {
  const reply = place.inReplyTo === undefined ? {} : { 'm.in_reply_to': { event_id: place.inReplyTo } };
  if (place.thread !== undefined) {
    return { 'm.relates_to': { rel_type: 'm.thread', event_id: place.thread, is_falling_back: true, ...reply } };
  }
  return place.inReplyTo === undefined ? {} : { 'm.relates_to': reply };
}

function toHtml(markdown: string): string {
  return sanitizeHtml(parsed(markdown), {
    allowedTags: ALLOWED_TAGS,
    allowedAttributes: { ol: ['start'] },
    disallowedTagsMode: 'discard',
    transformTags: {
      ol: (tagName, { start = '' }) => ({ tagName, attribs: /^\d{1,9}$/.test(start) ? { start } : {} }),
    },
  }).trim();
}

/** The parser recurses, so thousands of nested quotation marks end its stack; such a text is shown as it stands. */
function parsed(markdown: string): string {
  try {
    return marked.parse(markdown, { async: false, gfm: true, breaks: true });
  } catch {
    return `<pre>${sanitizeHtml(markdown, { allowedTags: [], disallowedTagsMode: 'escape' })}</pre>`;
  }
}
