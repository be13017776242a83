import type { DispatcherParts } from './dispatcher-parts.ts';
import { audienceOf, type Opened, placeOf, type Surroundings } from './incoming.ts';
import { Reply, type ReplyTarget } from './reply.ts';
import { roomKindOf } from './room-kind.ts';

/**
 * What is known now of a room and of somebody who wrote there; `membersThen` were in it when the message was written. What
 * the room was to them and what it is to those who are in it now has to be the same, or the message is nobody's to use.
 */
export function surroundingsOf(
  parts: Pick<DispatcherParts, 'own' | 'rooms' | 'people' | 'opsRoom' | 'families'>,
  { room, sender, membersThen }: { room: string; sender: string; membersThen?: readonly string[] | undefined },
): Surroundings {
  const { own, rooms, people } = parts;
  const person = people.find(sender);
  const kind = roomKindOf(parts, room);
  // Who asks the bot in may write before it has joined.
  const then = membersThen ? roomKindOf(parts, room, [...new Set([...membersThen, own])]) : kind;
  const isIn = rooms.joinedMembers(room).includes(sender);
  return {
    roomKind: kind === 'ops' || (isIn && then === kind) ? kind : 'other',
    ...(isIn && then !== kind && kind !== 'other' && { changed: true }),
    roomEncrypted: rooms.everEncrypted(room),
    sender: sender === own ? 'self' : (person?.role ?? 'stranger'),
  };
}

/** The reply to an event, for those who may read it there; `kind` says how it is sent. */
export function replyTo(
  { outbox, sender, clock, wake }: Pick<DispatcherParts, 'outbox' | 'sender' | 'clock' | 'wake'>,
  opened: Opened,
  kind: Pick<ReplyTarget, 'msgtype' | 'replaces'> & Pick<Surroundings, 'roomKind'>,
): Reply {
  const { event, room } = opened;
  const { roomKind, ...how } = kind;
  return new Reply(
    { outbox, sender, now: clock, wake },
    { room, audience: audienceOf(roomKind, event.sender), source: event.event_id, place: placeOf(opened), ...how },
  );
}
