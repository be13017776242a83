import type { DispatcherParts } from './dispatcher-parts.ts';
import { audienceOf, type Opened, placeOf, type Surroundings } from './incoming.ts';
import { Reply, type ReplyTarget } from './reply.ts';
import { roomKindOf } from './room-kind.ts';

/** What is known now of a room and of somebody who wrote there. */
export function surroundingsOf(
  parts: Pick<DispatcherParts, 'own' | 'rooms' | 'people' | 'opsRoom' | 'families'>,
  room: string,
  sender: string,
): Surroundings {
  const { own, rooms, people } = parts;
  const person = people.find(sender);
  const kind = roomKindOf(parts, room);
  return {
    roomKind: kind === 'ops' || rooms.joinedMembers(room).includes(sender) ? kind : 'other',
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
