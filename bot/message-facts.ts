/** Whether the device that sent a message belongs to its sender, and the sender is who they are known to be. */
export type Shield = 'ok' | 'unsigned' | 'mismatch' | 'identity-changed';

/** What is known about a message before anything is done with it. Made by the dispatcher, judged by `route`. */
export interface MessageFacts {
  readonly room: {
    /** direct: exactly the bot and one known person; family: known people and nobody else; ops: the ops room; other: anything else. */
    readonly kind: 'direct' | 'family' | 'ops' | 'other';
    readonly encrypted: boolean;
    /** It was of another kind when the message was written: the message was for others than those who are in it now. */
    readonly changed?: true;
  };
  readonly sender: 'self' | 'member' | 'admin' | 'stranger';
  /** True when the event itself came encrypted and was decrypted; `shield` is judged only then. */
  readonly wasEncrypted: boolean;
  readonly shield: Shield;
  /** From before the bot's first start: never answered. */
  readonly old: boolean;
  /** Event type after decryption. */
  readonly type: string;
  readonly message: MessageContent;
  /** In a family room: the message is for the bot. People talk to each other there. */
  readonly addressed: boolean;
}

/** The parts of a message's content that decide its route. Texts are trimmed. */
export interface MessageContent {
  /** `msgtype`; "" when there is none. */
  readonly msgtype: string;
  /** What the person wrote, without the quotation that replies repeat; for files their caption, "" when there is none. */
  readonly text: string;
  /** The event that this one replaces (edit) or deletes (redaction); null otherwise. */
  readonly target: string | null;
  /** What somebody reacted with (to `target`); only reactions have it. */
  readonly reaction?: string;
}

const FILE_TYPES = new Set(['m.file', 'm.image', 'm.audio', 'm.video']);

/** True for messages that carry a file. */
export function isFileMessage(msgtype: string): boolean {
  return FILE_TYPES.has(msgtype);
}

/**
 * Reads a decrypted event's content, which nobody has checked: fields of a wrong type count as missing. `redacts` is the
 * event's own field of that name (room versions before 11).
 */
export function readMessage(content: Readonly<Record<string, unknown>>, redacts?: string): MessageContent {
  const relation = record(content['m.relates_to']);
  const reaction = relation?.rel_type === 'm.annotation' ? string(relation.key) : undefined;
  if (reaction !== undefined) return { msgtype: '', text: '', target: string(relation?.event_id) ?? null, reaction };
  const edited = relation?.rel_type === 'm.replace' ? string(relation.event_id) : undefined;
  const shown = edited === undefined ? content : (record(content['m.new_content']) ?? content);
  const msgtype = string(shown.msgtype) ?? string(content.msgtype) ?? '';
  return {
    msgtype,
    text: isFileMessage(msgtype) ? caption(shown) : writtenText(shown, relation),
    target: edited ?? redacts ?? string(content.redacts) ?? null,
  };
}

/** The caption: a body beside a differing `filename` (https://spec.matrix.org/v1.16/client-server-api/#media-captions). */
function caption(content: Readonly<Record<string, unknown>>): string {
  const body = string(content.body) ?? '';
  const name = string(content.filename);
  return name === undefined || name === body ? '' : body.trim();
}

function writtenText(
  content: Readonly<Record<string, unknown>>,
  relation: Readonly<Record<string, unknown>> | undefined,
): string {
  const body = string(content.body) ?? '';
  const isReply = record(relation?.['m.in_reply_to']) !== undefined;
  return withMentionedIds(isReply ? withoutQuotation(body) : body, string(content.formatted_body)).trim();
}

/** Older clients put the message that is replied to in front of a reply: lines with "> ", then an empty one. */
function withoutQuotation(body: string): string {
  const lines = body.split('\n');
  if (!lines[0]?.startsWith('> ')) return body;
  const first = lines.findIndex((line) => !line.startsWith('> '));
  return first === -1 ? '' : lines.slice(lines[first] === '' ? first + 1 : first).join('\n');
}

/** The pill of a person (`<a href="https://matrix.to/#/@ben:home.test">Ben</a>`); commands need the address, not the name. */
const PILL = /<a href="https:\/\/matrix\.to\/#\/(@[^"/?<>]{1,255}|%40[^"/?<>]{1,255})">([^<]{1,255})<\/a>/g;

/** A command's text with the addresses of mentioned people in place of their shown names. Other texts stay as they are. */
function withMentionedIds(body: string, html: string | undefined): string {
  if (html === undefined || !/^\s*!/.test(body)) return body;
  let text = body;
  for (const [, address = '', shown = ''] of html.slice(0, 10_000).matchAll(PILL)) {
    text = text.replace(unescapeHtml(shown), () => decoded(address));
  }
  return text;
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
