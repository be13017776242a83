import { callJson } from './call-json.ts';
import type { VisibleMessage } from './conversation.ts';
import type { Synapse } from './synapse.ts';

/** An event as the homeserver stores it. */
export interface RawEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Record<string, unknown>;
  readonly state_key?: string;
  readonly redacts?: string;
}

/** What stands in a room from one sender, counted by the type on the wire. */
export interface SenderCount {
  readonly encrypted: number;
  /** m.room.message in the clear: in an encrypted room each one is a leak. */
  readonly plainMessages: number;
  /** Other timeline events in the clear (redactions, reactions, verification steps), by type. State events are not counted. */
  readonly otherPlain: Readonly<Record<string, number>>;
}

/** All events of a room, oldest first, as the server administrator reads them: no membership, no client library, no keys. */
export async function readRoom(synapse: Synapse, roomId: string): Promise<RawEvent[]> {
  const { accessToken } = await synapse.admin();
  const base = `${synapse.baseUrl}/_synapse/admin/v1/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=500`;
  const events: RawEvent[] = [];
  let from: string | undefined;
  do {
    const url = from === undefined ? base : `${base}&from=${encodeURIComponent(from)}`;
    const page = await callJson<{ chunk: RawEvent[]; end?: string }>(url, { accessToken });
    events.push(...page.chunk);
    from = page.chunk.length === 0 ? undefined : page.end;
  } while (from !== undefined);
  return events.reverse();
}

/** All rooms of the homeserver with their members' count, as the administrator sees them. */
export async function listRooms(
  synapse: Synapse,
): Promise<{ room_id: string; joined_members: number; encryption: string | null }[]> {
  const { accessToken } = await synapse.admin();
  const url = `${synapse.baseUrl}/_synapse/admin/v1/rooms?limit=1000`;
  return (
    await callJson<{ rooms: { room_id: string; joined_members: number; encryption: string | null }[] }>(url, {
      accessToken,
    })
  ).rooms;
}

/** Counts what `sender` wrote into a room. */
export function countFrom(events: readonly RawEvent[], sender: string): SenderCount {
  const timeline = events.filter((event) => event.sender === sender && event.state_key === undefined);
  const otherPlain: Record<string, number> = {};
  for (const { type } of timeline) {
    if (type !== 'm.room.encrypted' && type !== 'm.room.message') otherPlain[type] = (otherPlain[type] ?? 0) + 1;
  }
  return {
    encrypted: timeline.filter((event) => event.type === 'm.room.encrypted').length,
    plainMessages: timeline.filter((event) => event.type === 'm.room.message').length,
    otherPlain,
  };
}

/** Messages that one sender wrote more than once, by what `sameness` calls the same (default: the text). Edits don't count. */
export function writtenTwice(
  messages: readonly VisibleMessage[],
  sender: string,
  sameness: (message: VisibleMessage) => string = (message) => message.text,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const message of messages) {
    if (message.sender !== sender || message.redacted) continue;
    counts.set(sameness(message), (counts.get(sameness(message)) ?? 0) + 1);
  }
  return new Map([...counts].filter(([, count]) => count > 1));
}

/** Event ids of `sender` that are on the homeserver but that the reading client never saw decrypted: what `messages` cannot speak for. */
export function unreadBy(messages: readonly VisibleMessage[], events: readonly RawEvent[], sender: string): string[] {
  const seen = new Set<string>();
  for (const message of messages) {
    if (message.undecryptable === undefined) seen.add(message.eventId);
    for (const edit of message.edits) seen.add(edit.eventId);
  }
  const written = events.filter(
    (event) => event.sender === sender && /^m\.room\.(encrypted|message)$/.test(event.type),
  );
  return written.map((event) => event.event_id).filter((eventId) => !seen.has(eventId));
}
