/** What a reader of a message could be harmed by, by kind; every list must be empty. */
export interface Harm {
  readonly links: readonly string[];
  readonly images: readonly string[];
  readonly mentions: readonly string[];
}

const MESSAGE_LINK = /<a href="https:\/\/matrix\.to\/#\/!home%3Ahome\.test\/%24[\w.%-]+\?via=home\.test">↗<\/a>/g;
const LINK_TEXT =
  /(?:https?|ftp|mailto|matrix|javascript|data|tel|vbscript|skype|facetime|bitcoin|callto|geo):(?:\/\/)?[^\s\u2060]|www\.[^\s\u2060]|localhost[:/][^\s\u2060]|(?:\d{1,3}\.){3}\d|(?<![\p{L}\p{N}])[\p{L}\p{N}-]+\.(?:example|com|test|org)(?![\p{L}\p{N}])/giu;
const MENTION = /@room|(?<![\p{L}\p{N}])[@#!][\w.=/+-]+:[\w.-]+\.\w+/giu;

/**
 * Looks at the content of one message as clients do: HTML with tags, and the plain body, where they make links of bare
 * addresses too. `home` is the only room that links may lead to; text inside of `code` is no link anywhere.
 */
export function harmIn(content: Readonly<Record<string, unknown>>): Harm {
  const html = String(content.formatted_body ?? '').replace(MESSAGE_LINK, '');
  const text = html.replace(/<(code|pre)[^>]*>.*?<\/\1>/gs, '').replace(/<[^>]*>/g, ' ');
  const body = String(content.body ?? '');
  const mentioned = JSON.stringify(content['m.mentions'] ?? {}) === '{}' ? [] : ['m.mentions'];
  return {
    links: [...html.matchAll(/<a\b[^>]*>/gi), ...text.matchAll(LINK_TEXT), ...body.matchAll(LINK_TEXT)].map(
      ([found]) => found,
    ),
    images: [...html.matchAll(/<(?:img|svg|iframe|script|object|video|audio|style)\b[^>]*>/gi)].map(([found]) => found),
    mentions: [...mentioned, ...[...text.matchAll(MENTION), ...body.matchAll(MENTION)].map(([found]) => found)],
  };
}
