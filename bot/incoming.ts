import { isAddressed, withoutName } from './addressed.ts';
import { type MatrixEvent, objectField, stringField } from './matrix/events.ts';
import type { InboxEvent } from './matrix/inbox.ts';
import type { MessagePlace } from './matrix/message-content.ts';
import type { Decrypted } from './matrix/open-event.ts';
import type { Audience } from './matrix/outbox.ts';
import { type MessageFacts, readMessage, type Shield } from './message-facts.ts';
import { TAKE_ALONG } from './take-along.ts';

/** An event of the inbox with its real type and content, as far as it could be opened. */
export interface Opened {
  readonly event: MatrixEvent;
  readonly room: string;
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly wasEncrypted: boolean;
  readonly shield: Shield;
}

/** What the bot knows of the room and the sender when the event is handled. */
export interface Surroundings {
  readonly roomKind: MessageFacts['room']['kind'];
  /** The room was another kind of room when the message was written than it is now. */
  readonly changed?: true;
  readonly roomEncrypted: boolean;
  readonly sender: MessageFacts['sender'];
}

/** Decrypts an event where needed. undefined when its room key is not there. */
export async function openEvent(
  { event, room }: InboxEvent,
  decrypt: (event: MatrixEvent, room: string) => Promise<Decrypted>,
): Promise<Opened | undefined> {
  const plain = { event, room, type: event.type, content: event.content, wasEncrypted: false, shield: 'ok' as const };
  if (event.type !== 'm.room.encrypted' || isRedacted(event)) return plain;
  const decrypted = await decrypt(event, room);
  if (decrypted.kind === 'no-key') return undefined;
  // An untrusted message is never opened: what is left is that it was some message.
  if (decrypted.kind === 'untrusted') {
    return {
      ...plain,
      type: 'm.room.message',
      content: { msgtype: 'm.text', body: '?' },
      wasEncrypted: true,
      shield: decrypted.why,
    };
  }
  return {
    ...plain,
    type: decrypted.type,
    content: withRelation(decrypted.content, event.content),
    wasEncrypted: true,
  };
}

/** The relation of an encrypted event stands in the clear part; some clients leave it out of the encrypted one. */
function withRelation(
  inner: Record<string, unknown>,
  outer: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return inner['m.relates_to'] === undefined && outer['m.relates_to'] !== undefined
    ? { ...inner, 'm.relates_to': outer['m.relates_to'] }
    : inner;
}

/** True when the event's content was deleted before the bot handled it. */
export function isRedacted(event: MatrixEvent): boolean {
  return event.unsigned?.redacted_because !== undefined || event.unsigned?.redacted_by !== undefined;
}

/** The facts that `route` judges. `repliesToUs`: to what the bot said, or by editing what it answered. */
export function factsOf(
  opened: Opened,
  around: Surroundings,
  by: { readonly own: string; readonly repliesToUs: boolean },
): MessageFacts {
  const message = readMessage(opened.content, opened.event.redacts);
  const isNamed = around.roomKind === 'family' && message.text !== '';
  return {
    room: { kind: around.roomKind, encrypted: around.roomEncrypted, ...(around.changed && { changed: true }) },
    sender: around.sender,
    wasEncrypted: opened.wasEncrypted,
    shield: opened.shield,
    // History from before the first start is never stored as open (bot/matrix/inbox.ts), so nothing here is old.
    old: false,
    type: opened.type,
    message: isNamed ? { ...message, text: withoutName(message.text, by.own) } : message,
    addressed: isAddressed(opened.content, { ...by, text: message.text }),
  };
}

/** Where an answer to this event belongs: as a reply to it, in its thread when it was asked in one. */
export function placeOf({ event, type, content }: Opened): MessagePlace {
  // Nobody wrote it: there is no message to reply to.
  if (type === TAKE_ALONG) return {};
  const relation = content['m.relates_to'];
  // Words about a reaction or an edit belong to the message that was reacted to, or edited.
  const answered = relatedTo(relation) ?? event.event_id;
  const thread =
    typeof relation === 'object' && relation !== null && (relation as Record<string, unknown>).rel_type === 'm.thread'
      ? stringField(relation as Record<string, unknown>, 'event_id')
      : undefined;
  return { inReplyTo: answered, ...(thread === undefined ? {} : { thread }) };
}

function relatedTo(relation: unknown): string | undefined {
  const fields = typeof relation === 'object' && relation !== null ? (relation as Record<string, unknown>) : {};
  return ['m.annotation', 'm.replace'].includes(String(fields.rel_type)) ? stringField(fields, 'event_id') : undefined;
}

/** The event that a message replies to; undefined when it is no reply. */
export function repliedTo({ content }: Pick<Opened, 'content'>): string | undefined {
  const reply = objectField(objectField(content, 'm.relates_to') ?? {}, 'm.in_reply_to');
  return reply && stringField(reply, 'event_id');
}

/** Who may read an answer to this event. */
export function audienceOf(kind: Surroundings['roomKind'], sender: string): Audience {
  if (kind === 'direct' || kind === 'family') return { kind, person: sender };
  return kind === 'ops' ? { kind: 'ops' } : { kind: 'room' };
}
