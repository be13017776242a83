import type { People } from '../core/people.ts';
import type { FamilyRooms } from '../core/rooms.ts';
import type { RoomBook } from './matrix/room-book.ts';
import type { MessageFacts } from './message-facts.ts';

/** What tells the kind of a room. */
export interface RoomKindParts {
  readonly own: string;
  readonly rooms: Pick<RoomBook, 'joinedMembers'>;
  readonly people: Pick<People, 'find'>;
  readonly families: Pick<FamilyRooms, 'has'>;
  readonly opsRoom: () => string | undefined;
}

/**
 * What a room is by who is in it (as far as synced: now). One unknown member makes it `other`, whatever it was; so
 * does, among several, one whose identity changed and was not confirmed. A room that
 * something was once kept of stays a family room, also with one person left: what is somebody's own never appears where
 * others were, or may come back to.
 */
export function roomKindOf(
  parts: RoomKindParts,
  room: string,
  members = parts.rooms.joinedMembers(room),
): MessageFacts['room']['kind'] {
  const { own, people, families, opsRoom } = parts;
  if (room === opsRoom()) return 'ops';
  const others = members.filter((member) => member !== own);
  const isAmongUs = others.length > 0 && others.length < members.length;
  const known = others.map((other) => people.find(other));
  if (!isAmongUs || known.includes(undefined)) return 'other';
  if (others.length === 1 && !families.has(room)) return 'direct';
  return known.some((person) => person?.identityChanged) ? 'other' : 'family';
}

/** For `FamilyRooms.askMembership`: whether somebody is in a family room now, and nobody unknown is. */
export function familyMembership(parts: RoomKindParts): (room: string, person: string) => boolean {
  return (room, person) => roomKindOf(parts, room) === 'family' && parts.rooms.joinedMembers(room).includes(person);
}
